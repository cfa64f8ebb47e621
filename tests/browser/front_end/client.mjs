// The whole way of a Client: sign-up, mail, confirmation, an empty list, a file that arrives while looking on, its download.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { mailedLink, onFrontEnd, onceItIs, sha256, shareAsOps, uploadAsOps } from "./common.mjs";

const EMAIL = "carl@example.com";
const MARKUP = "<img src=x onerror=alert(1)>.docx";

await onFrontEnd(async ({ page, env, look, watch }) => {
  await page.goto(env.baseUrl);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.waitForLoadState("networkidle");
  // The first load of the page to sign in.
  let loginScriptBytes = 0;
  for (const url of new Set(watch.scripts)) {
    loginScriptBytes += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length;
  }
  await look("login");

  await page.getByRole("button", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Anmelden" }).waitFor();
  const language = await page.evaluate(() => document.documentElement.lang);
  await look("login-german");
  await page.getByRole("button", { name: "English" }).click();

  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("wrong-horse-battery-9");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const refusal = await page.getByRole("alert").innerText();
  await look("login-refused");

  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Sign up" }).waitFor();
  await look("signup");
  await page.getByRole("button", { name: "Sign up" }).click();
  const missing = await page.getByText("Fill this in.").count();
  await page.getByLabel("Name", { exact: true }).fill("Carl Ferris");
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByRole("textbox", { name: "Password" }).fill("password");
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.locator(".complaint").getByText("nobody guesses").waitFor();
  await look("signup-weak-password");
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  const folder = await page.locator("code.path").innerText();
  await look("check-mail");

  const link = await mailedLink(env, EMAIL, "verify-email");
  await page.goto(link);
  await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
  const addressBar = page.url();
  await look("verify-email");
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Confirm and sign in" }).click();
  await page.getByText("Nothing has been shared with you yet").waitFor();
  await look("files-empty");

  // Whoever shares does so while the Client looks on.
  await page.waitForTimeout(500);
  const file = await uploadAsOps(env, "Annual report 2026.docx");
  await shareAsOps(env, file, EMAIL, { maxDownloads: 1 });
  await page.getByText("shared Annual report 2026.docx with you").waitFor();
  await page.getByRole("heading", { name: "Annual report 2026.docx" }).waitFor();

  const markup = await uploadAsOps(env, MARKUP);
  await shareAsOps(env, markup, EMAIL);
  const soon = await uploadAsOps(env, "Term sheet.xlsx", env.sheet);
  await shareAsOps(env, soon, EMAIL, { expiresAt: new Date(env.now + 20 * 3600_000).toISOString() });
  await page.getByRole("heading", { name: "Term sheet.xlsx" }).waitFor();
  const shownAsText = await page.getByRole("heading", { name: MARKUP }).count();
  await look("files");

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download Annual report 2026.docx" }).click();
  const downloaded = await saved;
  const hash = sha256(readFileSync(await downloaded.path()));
  await page.getByText("no downloads left").waitFor();
  await look("files-used-up");

  await page.getByLabel("Search by name").fill("sheet");
  await page.getByText("1 file", { exact: true }).waitFor();
  const found = await page.getByRole("list", { name: "Files shared with you" }).getByRole("heading").allInnerTexts();
  await page.getByLabel("Search by name").fill("nowhere");
  await page.getByText("No file has this in its name").waitFor();
  await look("files-nothing-found");
  await page.getByLabel("Search by name").fill("");
  await page.getByLabel("Order").selectOption("NAME");
  const headings = page.getByRole("list", { name: "Files shared with you" }).getByRole("heading");
  const byName = await onceItIs([MARKUP, "Annual report 2026.docx", "Term sheet.xlsx"], () => headings.allInnerTexts());
  return {
    loginScriptBytes, language, refusal, missing, folder, addressBar, shownAsText, found, byName,
    suggestedName: downloaded.suggestedFilename(),
    isWhole: hash === sha256(readFileSync(env.document)),
  };
});
