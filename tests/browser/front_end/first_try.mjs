// The first try of a fresh server, by people who read nothing: from the invitation that it prints to a file in a second browser.
import { readFileSync } from "node:fs";
import { mailedLink, onFrontEnd, sha256 } from "./common.mjs";

/** Signs up on the page that is open, and follows the link of the mail. */
async function signUp(page, env, name, email) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  const folder = await page.locator("code.path").innerText();
  await page.goto(await mailedLink({ mailDir: folder }, email, "verify-email"));
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Confirm and sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return folder;
}

await onFrontEnd(async ({ page, env, look, elsewhere }) => {
  await page.goto(env.invitationLink);
  await page.getByText("You were invited.").waitFor();
  const folder = await signUp(page, env, "Ada Quill", "ada@example.com");
  await look("home-admin");
  await page.getByRole("navigation").getByRole("link", { name: "Invitations" }).click();
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const link = await page.locator("code.path").innerText();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(link);
  await signUp(page, env, "Olga Ferris", "olga@example.com");

  return elsewhere(async (other) => {
    await other.goto(env.baseUrl);
    await other.getByRole("link", { name: "Sign up" }).click();
    await signUp(other, env, "Carl Brandt", "carl@example.com");
    await other.getByText("Nothing has been shared with you yet").waitFor();

    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files" }).click();
    await (await chooser).setFiles([{ name: "Offer.docx", mimeType: "", buffer: readFileSync(env.document) }]);
    await page.getByRole("button", { name: "Share Offer.docx" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "With whom" }).fill("carl");
    await page.getByRole("option", { name: "Carl Brandt" }).click();
    await dialog.getByRole("button", { name: "Share", exact: true }).click();
    await page.getByText("Shared with one person.").waitFor();

    await other.getByRole("heading", { name: "Offer.docx" }).waitFor();
    const saved = other.waitForEvent("download");
    await other.getByRole("button", { name: "Download Offer.docx" }).click();
    const isWhole = sha256(readFileSync(await (await saved).path())) === sha256(readFileSync(env.document));
    await look("files-first", other);
    return { folder, isWhole };
  });
});
