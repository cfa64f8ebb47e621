// An Admin among people: finding them, another role, files that are in the way, disabling, deleting, and inviting many at once.
import { onFrontEnd, send, shareAsOps, uploadAsOps } from "./common.mjs";

const FILES = "{ files(first: 10) { nodes { name uploadedBy { email } } } }";

await onFrontEnd(async ({ page, env, look }) => {
  await page.goto(env.baseUrl);
  await page.getByLabel("E-mail address").fill(env.email);
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("5 people", { exact: true }).waitFor();
  await look("people");

  const list = page.getByRole("list", { name: "People with an account" });
  const emails = () => list.locator(".from").allInnerTexts();
  await page.getByLabel("Role").selectOption("OPS");
  await page.getByText("2 people", { exact: true }).waitFor();
  const ops = await emails();
  await page.getByLabel("Search by address").fill("nobody");
  await page.getByText("There is nobody like that").waitFor();
  await look("people-nobody");
  await page.getByLabel("Search by address").fill("");
  await page.getByLabel("Role").selectOption("");
  await page.getByText("5 people", { exact: true }).waitFor();

  const manage = (email) => list.getByRole("button", { name: new RegExp(`^Manage .*, ${email}$`) });
  const dialog = page.getByRole("dialog");
  const ask = async (email, way) => {
    await manage(email).click();
    await dialog.getByRole("button", { name: way, exact: true }).click();
  };

  // Whoever has files keeps the role until somebody else has them.
  const file = await uploadAsOps(env, "Annual report 2026.docx");
  await shareAsOps(env, file, env.clientEmail);
  await manage(env.opsEmail).click();
  await dialog.getByText("Account since").waitFor();
  await look("person");
  await dialog.getByRole("button", { name: "Change the role" }).click();
  const titleHasFocus = await dialog.getByRole("heading", { name: /^Another role/ }).evaluate((title) => title === document.activeElement);
  await dialog.getByText("Client", { exact: true }).click();
  await look("person-role");
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await dialog.getByRole("alert").getByText("Give them to somebody else first").waitFor();
  await dialog.getByRole("button", { name: "Give the files away" }).click();
  await dialog.getByRole("button", { name: "Give the files away" }).click();
  const unnamed = await dialog.getByText("Fill this in.").count();
  const heir = dialog.getByRole("combobox", { name: "Who gets them" });
  await heir.fill("nobody");
  await page.getByText("Nobody fits").waitFor();
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Give the files away" }).click();
  await dialog.getByText("Choose an active person").waitFor();
  await heir.fill("otto");
  await page.getByRole("option", { name: /otto@example.com/ }).waitFor();
  await look("person-files");
  await page.getByRole("option", { name: /otto@example.com/ }).click();
  await dialog.getByRole("button", { name: "Give the files away" }).click();
  await page.getByText("1 file belongs to otto now.").waitFor();
  await dialog.getByText("Client", { exact: true }).click();
  await dialog.getByRole("button", { name: "Change the role" }).click();
  await page.getByText("The role of olga is now: Client.").waitFor();
  await dialog.waitFor({ state: "detached" });
  const backAt = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const given = (await send(env, env.adminToken, FILES)).files.nodes;

  await ask(env.clientEmail, "Disable");
  await look("person-disable");
  await dialog.getByRole("button", { name: "Disable" }).click();
  await page.getByText("carl is disabled.").waitFor();
  const shut = await send(env, env.clientToken, "{ viewer { id } }").catch((failure) => String(failure).includes("UNAUTHENTICATED"));
  await page.getByLabel("Standing").selectOption("disabled");
  await page.getByText("1 person", { exact: true }).waitFor();
  await look("people-disabled");
  await ask(env.clientEmail, "Enable again");
  await dialog.getByRole("button", { name: "Enable again" }).click();
  await page.getByText("carl can sign in again.").waitFor();
  await page.getByLabel("Standing").selectOption("all");
  await page.getByText("5 people", { exact: true }).waitFor();

  await ask("otto@example.com", "Delete the account");
  await dialog.getByText("They are deleted too").click();
  await look("person-delete");
  await dialog.getByRole("button", { name: "Delete the account and the files" }).click();
  await page.getByText("The account of otto is deleted.").waitFor();
  await page.getByText("4 people", { exact: true }).waitFor();
  const headingHasFocus = await page.getByRole("heading", { name: "People" }).evaluate((title) => title === document.activeElement);
  const left = (await send(env, env.adminToken, FILES)).files.nodes;

  // One Admin there has to be.
  await ask(env.email, "Delete the account");
  await dialog.getByText("This is your own account").waitFor();
  await dialog.getByRole("button", { name: "Delete the account" }).click();
  await dialog.getByText("ada is the last active administrator").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("link", { name: "Invitations" }).click();
  const many = page.getByRole("region", { name: "Invite many at once" });
  await many.getByRole("button", { name: "Invite them all" }).click();
  const nothing = await many.getByText("Fill this in.").count();
  await many.getByText("Uploads files", { exact: true }).click();
  await many.getByLabel("Addresses").fill('"Moor, Eve" <eve@example.com>; fred@example.com\nEVE@example.com, gil@\nHanna Weiss <hanna@example.com>');
  await many.getByText("3 addresses are invited.").waitFor();
  const told = await many.getByRole("status").locator("bdi").allInnerTexts();
  await look("invitations-many");
  await many.getByRole("button", { name: "Invite them all" }).click();
  await page.getByText("3 invitations are on their way.").waitFor();
  await page.getByText("3 invitations wait.").waitFor();
  const kept = await many.getByLabel("Addresses").inputValue();
  const pending = (await send(env, env.adminToken, "{ invitations { nodes { email role } } }")).invitations.nodes;
  pending.sort((a, b) => a.email.localeCompare(b.email));
  return { ops, titleHasFocus, unnamed, backAt, given, shut, headingHasFocus, left, nothing, told, kept, pending };
});
