// The whole job of Ops without a mouse: nothing here clicks.
import { readFileSync } from "node:fs";
import { onFrontEnd, send, tabTo as tabToOn } from "./common.mjs";

const STATE = "{ files(first: 20, orderBy: NAME) { totalCount nodes { name shares(first: 5) { totalCount nodes { recipient { email } } } } } trash(first: 1) { totalCount } }";

await onFrontEnd(async ({ page, env }) => {
  await page.addInitScript(() => {
    globalThis.mouse = 0;
    // A key that presses a button makes a click without a pointer.
    for (const type of ["pointerdown", "mousedown", "touchstart"]) addEventListener(type, () => (globalThis.mouse += 1), true);
  });
  const { keyboard } = page;
  const tabTo = (name, key) => tabToOn(page, name, key);
  const stateNow = async () => {
    const { files, trash } = await send(env, env.opsToken, STATE);
    return { names: files.nodes.map(({ name }) => name), shares: files.nodes.map(({ name, shares }) => [name, shares.totalCount]), counts: { files: files.totalCount, trash: trash.totalCount } };
  };
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.innerText ?? "");

  await page.goto(env.baseUrl);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo("E-mail address");
  await keyboard.type(env.opsEmail);
  await keyboard.press("Tab");
  await keyboard.type(env.password);
  await keyboard.press("Enter");
  await page.getByText("You have not stored anything yet").waitFor();

  // Files in.
  await tabTo("Choose files");
  const chooser = page.waitForEvent("filechooser");
  await keyboard.press("Enter");
  const document = { mimeType: "", buffer: readFileSync(env.document) };
  await (await chooser).setFiles([
    { name: "Report.docx", ...document },
    { name: "Figures.xlsx", mimeType: "", buffer: readFileSync(env.sheet) },
    { name: "Deck.pptx", mimeType: "", buffer: readFileSync(env.deck) },
  ]);
  await page.getByText("3 files are stored.").first().waitFor();
  const stored = (await stateNow()).names;

  // Two of them chosen, and shared with two people: one by a part of the name, one by the address.
  await tabTo("Name");
  await keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "Name", exact: false }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await page.locator("[data-row]").first().getByText("Deck.pptx").waitFor();
  await tabTo("Choose Deck.pptx");
  await keyboard.press("ArrowDown");
  await keyboard.press("Space");
  await keyboard.press("ArrowDown");
  await keyboard.press("Shift+Space");
  await page.getByText("2 files are chosen").waitFor();
  await tabTo("Share");
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Share 2 files" }).waitFor();
  await keyboard.type("car");
  await page.getByRole("option", { name: env.email }).waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await page.getByRole("button", { name: `Take ${env.email} off` }).waitFor();
  await keyboard.type(env.secondEmail);
  await keyboard.press("Enter");
  await page.getByRole("button", { name: `Take ${env.secondEmail} off` }).waitFor();
  await tabTo("Downloads for each");
  await keyboard.type("3");
  await keyboard.press("Enter");
  await page.getByText("Shared with 2 people.").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const { shares } = await stateNow();

  // One renamed.
  await tabTo("Choose Report.docx", "Shift+Tab");
  await keyboard.press("ArrowUp");
  await openMenu("Figures.xlsx");
  await keyboard.type("Ren");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Control+A");
  await keyboard.type("Numbers");
  await keyboard.press("Enter");
  await page.getByText("It is called Numbers.xlsx now.").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const renamed = (await stateNow()).names[1];
  await hasFocus("More about Numbers.xlsx");

  // One deleted and brought back, by the button and by the key for it, and then for good.
  await tabTo("Choose Numbers.xlsx", "Shift+Tab");
  await keyboard.press("ArrowUp");
  await remove("Deck.pptx");
  const afterDeleting = (await stateNow()).counts;
  await hasFocus("Choose Numbers.xlsx");
  await tabTo("Undo");
  await keyboard.press("Enter");
  await page.getByText("Deck.pptx is back.").waitFor();
  const afterUndo = (await stateNow()).counts;
  await hasFocus("Choose Deck.pptx");
  await remove("Deck.pptx");
  await keyboard.press("Control+z");
  await page.getByRole("rowheader", { name: "Deck.pptx" }).waitFor();
  await hasFocus("Choose Deck.pptx");
  await remove("Deck.pptx");
  await tabTo("Trash", "Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Trash" }).waitFor();
  await tabTo("Delete Deck.pptx for good");
  await keyboard.press("Enter");
  await confirm("Delete “Deck.pptx” for good?");
  await page.getByText("The trash is empty").waitFor();
  const left = (await stateNow()).counts;

  // Taken back from both.
  await tabTo("Your files", "Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("rowheader", { name: "Numbers.xlsx" }).waitFor();
  await tabTo(await page.locator("[data-row] input").first().getAttribute("aria-label"));
  while ((await focused()) !== "Choose Numbers.xlsx") await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  for (const who of ["Carl", "Dora"]) {
    await page.getByRole("button", { name: `Take back from ${who}` }).waitFor();
    await tabTo(`Take back from ${who}`);
    await keyboard.press("Enter");
    await confirm(`Take it back from ${who}?`);
    await page.getByRole("button", { name: `Take back from ${who}` }).waitFor({ state: "detached" });
  }
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await hasFocus("Numbers.xlsx");
  const revoked = (await stateNow()).shares.find(([name]) => name === "Numbers.xlsx")[1];
  const mouse = await page.evaluate(() => globalThis.mouse);
  await tabTo("Sign out", "Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return { stored, shares: shares.filter(([, count]) => count > 0), renamed, afterDeleting, afterUndo, left, revoked, mouse };

  /** Waits until something of this name has the focus. */
  async function hasFocus(name) {
    for (let turn = 0; (await focused()).trim() !== name; turn++) {
      if (turn === 100) throw new Error(`the focus is on ${await focused()}, not on ${name}`);
      await new Promise((go) => setTimeout(go, 20));
    }
  }
  /** Opens the menu of the row where the focus is. */
  async function openMenu(name) {
    await tabTo(`More about ${name}`);
    await keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
  }
  async function remove(name) {
    await openMenu(name);
    await keyboard.type("Del");
    await keyboard.press("Enter");
    await page.getByRole("rowheader", { name }).waitFor({ state: "detached" });
  }
  /** What keeps all as it is has the focus; the other button stands before it. */
  async function confirm(name) {
    const question = page.getByRole("dialog", { name });
    await question.waitFor();
    await hasFocus("Cancel");
    await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await question.waitFor({ state: "detached" });
  }
});
