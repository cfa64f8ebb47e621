// The audit trail by keyboard alone: what happens appears, is looked into, and is filtered.
import { keysOn, onFrontEnd, send, shareAsOps, uploadAsOps } from "./common.mjs";

// Where the reader is.
process.env.TZ = "Europe/Berlin";

await onFrontEnd(async ({ page, env, look }) => {
  const keys = keysOn(page);
  const button = (name) => page.getByRole("button", { name });
  const files = [];
  for (const name of ["First quarter.docx", "Second quarter.docx"]) files.push(await uploadAsOps(env, name));

  await page.goto(env.baseUrl);
  await keys.type(page.getByLabel("E-mail address"), env.email);
  await keys.type(page.getByRole("textbox", { name: "Password" }), env.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "People" }).waitFor();
  const socket = page.waitForEvent("websocket");
  await keys.press(page.getByRole("link", { name: "Audit" }));
  const listens = socket.then((line) => line.waitForEvent("framesent", ({ payload }) => String(payload).includes("AuditEvent")));
  const heading = page.getByRole("heading", { name: "Audit" });
  await heading.waitFor();
  const list = page.getByRole("list", { name: "What was done, latest first" });
  await list.getByText("Second quarter.docx").waitFor();
  const told = () => list.locator(".name").allInnerTexts();
  await look("audit");

  // Somebody acts meanwhile, and whoever is at the top sees it come.
  await listens;
  await send(env, env.opsToken, "{ viewer { id } }");
  await shareAsOps(env, files[0], env.clientEmail);
  await list.getByRole("listitem").filter({ hasText: "shared a file" }).getByText("carl").waitFor();

  await keys.press(button(/^Details: olga shared a file/));
  const dialog = page.getByRole("dialog", { name: "olga shared a file" });
  await dialog.getByText("First quarter.docx").waitFor();
  const code = await dialog.locator("dd").nth(2).innerText();
  await look("audit-details");
  await keys.press(button("Only what was done to this"));
  await page.getByText("Only what was done to First quarter.docx").waitFor();
  await page.getByText("2 events", { exact: true }).waitFor();
  const headingHasFocus = await heading.evaluate((title) => title === document.activeElement);
  // The server's clock stands still, so either may be the later one.
  const onFile = (await told()).sort();
  const isLinked = new URL(page.url()).searchParams.get("object") === files[0];
  await look("audit-filtered");

  // By what and by whom: the letters choose.
  await keys.press(button("Look at everything"));
  await page.getByText("2 events", { exact: true }).waitFor({ state: "detached" });
  await keys.select(page.getByRole("combobox", { name: "What" }), "stored");
  await page.getByText("2 events", { exact: true }).waitFor();
  const who = page.getByRole("combobox", { name: "Who" });
  await keys.type(who, "nobody at all");
  await page.getByText("Nobody fits").waitFor();
  await page.keyboard.press("Escape");
  await keys.type(who, "olga");
  await page.getByRole("option", { name: /olga@example.com/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => new URL(location.href).searchParams.has("actor"));
  await page.getByText("2 events", { exact: true }).waitFor();
  const action = new URL(page.url()).searchParams.get("action");
  const ofOlga = await told();
  await look("audit-chosen");

  // Whoever reads further down is not disturbed.
  await keys.press(button("Look at everything"));
  await page.getByText("2 events", { exact: true }).waitFor({ state: "detached" });
  await keys.to(list.getByRole("button").first());
  await page.keyboard.press("ArrowDown");
  const before = (await told()).length;
  await send(env, env.opsToken, "mutation($id: ID!) { deleteFile(id: $id) }", { id: files[1] });
  const fresh = button("Show 1 new event");
  await fresh.waitFor();
  const isUndisturbed = (await told()).length === before;
  await keys.press(fresh);
  await list.getByText("put a file into the trash").waitFor();
  await fresh.waitFor({ state: "detached" });

  // In German, with the exact moment in the reader's time zone.
  await page.evaluate(() => localStorage.setItem("strongroom.language", "de"));
  await page.reload();
  await page.getByRole("heading", { name: "Protokoll" }).waitFor();
  const german = page.getByRole("list", { name: "Was geschehen ist, Neuestes zuerst" });
  await german.getByText("hat eine Datei in den Papierkorb gelegt").waitFor();
  const moment = await german.locator("time").first().getAttribute("title");
  await look("audit-german");
  return { headingHasFocus, code, onFile, isLinked, action, ofOlga, isUndisturbed, moment };
});
