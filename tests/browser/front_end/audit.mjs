// The audit trail by keyboard alone: what happens appears, is looked into, and is filtered.
import { onFrontEnd, send, shareAsOps, tabTo as tabToIn, uploadAsOps } from "./common.mjs";

await onFrontEnd(async ({ page, env, look }) => {
  const tabTo = (name, key) => tabToIn(page, name, key);
  const press = (key) => page.keyboard.press(key);
  const names = ["First quarter.docx", "Second quarter.docx"];
  const files = [];
  for (const name of names) files.push(await uploadAsOps(env, name));

  await page.goto(env.baseUrl);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo("E-mail address");
  await page.keyboard.type(env.email);
  await press("Tab");
  await page.keyboard.type(env.password);
  await press("Enter");
  await page.getByRole("heading", { name: "People" }).waitFor();
  await tabTo("Audit");
  await press("Enter");
  await page.getByRole("heading", { name: "Audit" }).waitFor();
  const list = page.getByRole("list", { name: "What was done, latest first" });
  await list.getByText("Second quarter.docx").waitFor();
  const headingHasFocus = await page.evaluate(() => document.activeElement.tagName === "H1");
  await look("audit");

  // Somebody acts meanwhile, and the one at the top sees it come.
  await page.waitForTimeout(500);
  await shareAsOps(env, files[0], env.clientEmail);
  await list.getByRole("listitem").filter({ hasText: "shared a file" }).getByText("carl").waitFor();

  await tabTo(/^Details: olga shared a file/);
  await press("Enter");
  const dialog = page.getByRole("dialog", { name: "olga shared a file" });
  await dialog.getByText("First quarter.docx").waitFor();
  const code = await dialog.locator("dd").nth(2).innerText();
  await look("audit-details");
  await tabTo("Only what was done to this");
  await press("Enter");
  await page.getByText("Only what was done to First quarter.docx").waitFor();
  await page.getByText("2 events", { exact: true }).waitFor();
  const onFile = await list.locator(".name").allInnerTexts();
  const linked = new URL(page.url()).searchParams.get("object") === files[0];
  await look("audit-filtered");

  // By what and by whom: the letters choose.
  await tabTo("Look at everything");
  await press("Enter");
  await page.getByText("2 events", { exact: true }).waitFor({ state: "detached" });
  await tabTo("What");
  await page.keyboard.type("stored");
  await page.getByText("2 events", { exact: true }).waitFor();
  await tabTo("Who");
  await page.keyboard.type("nobody at all");
  await page.getByText("Nobody fits").waitFor();
  await press("Escape");
  await press("Control+a");
  await page.keyboard.type("olga");
  await page.getByRole("option", { name: /olga@example.com/ }).waitFor();
  await press("ArrowDown");
  await look("audit-who");
  await press("Enter");
  await page.waitForFunction(() => new URL(location.href).searchParams.has("actor"));
  await page.getByText("2 events", { exact: true }).waitFor();
  const chosen = new URL(page.url()).searchParams;
  const ofOlga = await list.locator(".name").allInnerTexts();

  // Whoever reads further down is not disturbed.
  await tabTo("Look at everything");
  await press("Enter");
  await page.getByText("2 events", { exact: true }).waitFor({ state: "detached" });
  await tabTo(/^Details: /);
  await press("ArrowDown");
  const before = await list.locator(".name").count();
  await send(env, env.opsToken, "mutation($id: ID!) { deleteFile(id: $id) }", { id: files[1] });
  const fresh = page.getByRole("button", { name: "Show 1 new event" });
  await fresh.waitFor();
  const undisturbed = (await list.locator(".name").count()) === before;
  await tabTo("Show 1 new event", "Shift+Tab");
  await press("Enter");
  await list.getByText("put a file into the trash").waitFor();
  await fresh.waitFor({ state: "detached" });

  // In German, with the exact moment in the reader's time zone.
  await page.evaluate(() => localStorage.setItem("strongroom.language", "de"));
  await page.reload();
  await list.page().getByRole("heading", { name: "Protokoll" }).waitFor();
  const german = page.getByRole("list", { name: "Was geschehen ist, Neuestes zuerst" });
  await german.getByText("hat eine Datei in den Papierkorb gelegt").waitFor();
  const moment = await german.locator("time").first().getAttribute("title");
  await look("audit-german");
  return { headingHasFocus, code, onFile, linked, action: chosen.get("action"), ofOlga, undisturbed, moment };
});
