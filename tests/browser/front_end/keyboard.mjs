// A Client's way without a mouse, and with a session that ends in the middle.
import { readFileSync } from "node:fs";
import { onFrontEnd, send, sha256, shareAsOps, uploadAsOps } from "./common.mjs";

await onFrontEnd(async ({ browser, page, env, look }) => {
  const names = ["First quarter.docx", "Second quarter.docx", "Third quarter.docx"];
  for (const name of names) await shareAsOps(env, await uploadAsOps(env, name), env.email);

  /** Presses Tab until something of this name has the focus. */
  const tabTo = async (name) => {
    for (let turn = 0; turn < 40; turn++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.innerText ?? element?.innerText ?? "";
      });
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      if (focused.trim() === name) {
        if (ring === "none") throw new Error(`${name} has the focus and does not show it`);
        return;
      }
    }
    throw new Error(`${name} is not reached by Tab`);
  };

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
  const ended = await send(env, await tokenOf(env), "mutation { logout(everywhere: true) }");
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

/** An access token of the Client, for a program of its own. */
async function tokenOf({ baseUrl, email, password }) {
  const query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
  return (await send({ baseUrl }, null, query, { input: { email, password } })).login.accessToken;
}
