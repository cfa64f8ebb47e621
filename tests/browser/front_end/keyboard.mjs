// A Client's way without a mouse, and with a session that ends in the middle.
import { readFileSync } from "node:fs";
import { onFrontEnd, send, sha256, shareAsOps, tabTo as tabToOn, tokenOf, uploadAsOps } from "./common.mjs";

await onFrontEnd(async ({ browser, page, env, look }) => {
  const names = ["First quarter.docx", "Second quarter.docx", "Third quarter.docx"];
  for (const name of names) await shareAsOps(env, await uploadAsOps(env, name), env.email);

  const tabTo = (name) => tabToOn(page, name);
  await page.goto(env.baseUrl);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo("E-mail address");
  await page.keyboard.type(env.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: names[0] }).waitFor();

  // All were shared at the same moment, so any may stand first.
  const shown = await page.getByRole("list", { name: "Files shared with you" }).getByRole("heading").allInnerTexts();
  await tabTo(`Download ${shown[0]}`);
  await page.keyboard.press("ArrowDown");
  const saved = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  const isWhole = sha256(readFileSync(await (await saved).path())) === sha256(readFileSync(env.document));
  const isSecond = (await saved).suggestedFilename() === shown[1];

  // The session ends while a search stands in the field, and a download is asked for.
  await page.getByLabel("Search by name").focus();
  await page.keyboard.type("third");
  await page.getByText("1 file", { exact: true }).waitFor();
  await browser.clearCookies();
  await tabTo(`Download ${names[2]}`);
  const resumed = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await look("sign-in-again");
  const outside = await page.evaluate(() => document.querySelector("[role=dialog]").contains(document.activeElement));
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  const thirdName = (await resumed).suggestedFilename();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const kept = await page.getByLabel("Search by name").inputValue();

  // What is shared after that arrives as before.
  await page.getByLabel("Search by name").fill("");
  await page.waitForTimeout(1500);
  await shareAsOps(env, await uploadAsOps(env, "Fourth quarter.docx"), env.email);
  await page.getByText("shared Fourth quarter.docx with you").waitFor();
  await page.getByRole("heading", { name: "Fourth quarter.docx" }).waitFor();

  // Ended on the server, it asks by itself, and then shows what has come meanwhile.
  const ended = await send(env, await tokenOf(env, env.email), "mutation { logout(everywhere: true) }");
  await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await shareAsOps(env, await uploadAsOps(env, "Fifth quarter.docx"), env.email);
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Fifth quarter.docx" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return { ended: ended.logout, isWhole, isSecond, dialogHasFocus: outside, thirdName, kept };
});
