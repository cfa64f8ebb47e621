// An Admin who sees to the house: mail that could not be sent (by keyboard alone), storage in numbers, and keys while they turn.
import { writeFileSync } from "node:fs";
import { onFrontEnd, send, tabTo, uploadAsOps } from "./common.mjs";

const KIB = (bytes) => `${new Intl.NumberFormat("en-GB", { maximumFractionDigits: bytes / 1024 >= 99.95 ? 0 : 1 }).format(bytes / 1024)} KiB`;

await onFrontEnd(async ({ page, env, look }) => {
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.innerText ?? "");
  const again = (whom, kind = "Confirmation of an address") => `Send again to ${whom}@example.com: ${kind}`;
  const ottos = again("otto", "Link for a new password");

  await page.goto(`${env.baseUrl}/mail`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, "E-mail address");
  await page.keyboard.type(env.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  const list = page.getByRole("list", { name: "Mail that could not be sent" });
  await list.getByText("The recipient is refused (550)").first().waitFor();
  const shown = await list.getByRole("heading").allInnerTexts();
  await look("mail");

  await tabTo(page, again("fred"));
  await page.keyboard.press("Enter");
  await page.getByText("The mail to fred@example.com is on its way again.").waitFor();
  await list.getByRole("heading", { name: "fred@example.com" }).waitFor({ state: "detached" });
  const nextHasFocus = (await focused()) === again("emil");

  // Its link is over: a dialog says so and what helps, and gives the focus back.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "This mail cannot be sent again" }).getByText("Forgotten password").waitFor();
  await look("mail-over");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const returnsFocus = (await focused()) === ottos;

  await page.getByRole("heading", { level: 1 }).focus();
  await tabTo(page, "Send all again");
  await page.keyboard.press("Enter");
  await page.getByText("1 mail is on its way again. 1 cannot be sent any more.").waitFor();
  await page.getByText("1 mail", { exact: true }).waitFor();
  const left = (await send(env, env.adminToken, "{ deadMails { nodes { recipient } } }")).deadMails.nodes.map(({ recipient }) => recipient);

  // Storage: two documents, one of them in the trash.
  const kept = await uploadAsOps(env, "Kept.docx");
  const thrown = await uploadAsOps(env, "Thrown away.xlsx", env.sheet);
  await send(env, env.opsToken, "mutation($id: ID!) { deleteFile(id: $id) }", { id: thrown });
  await tabTo(page, "Storage");
  await page.keyboard.press("Enter");
  const together = page.getByRole("region", { name: "Everybody together" });
  await together.getByText("Stored").waitFor();
  const figures = await together.locator("dt").allInnerTexts();
  const usage = (await send(env, env.adminToken, "{ storageUsage { everybody { usedBytes trashBytes files } } }")).storageUsage.everybody;
  const text = await together.innerText();
  const numbers = [KIB(usage.usedBytes), KIB(usage.trashBytes), KIB(usage.usedBytes - usage.trashBytes)];
  const largest = page.getByRole("region", { name: "Who has stored most" });
  const people = await largest.getByRole("rowheader").locator("bdi:first-child").allInnerTexts();
  const row = await largest.getByRole("row", { name: "olga" }).innerText();
  const usedIsRight = numbers.every((number) => text.includes(number)) && row.includes(numbers[0]) && row.includes(`${numbers[1]} in the trash`) && kept !== thrown;

  // Keys: a rotation that waits, is given up, and is done at last; the page notices by itself while one is under way.
  const keys = page.getByRole("region", { name: "Keys" });
  await keys.getByText("1 of 1 have not got them yet").waitFor();
  await look("storage-waiting");
  writeFileSync(env.waitingSeen, "");
  await keys.getByText("was given up").waitFor();
  await keys.getByText("1 retired key").waitFor();
  writeFileSync(env.givenUpSeen, "");
  const phase = async () => (await send(env, env.adminToken, "{ keyRing { rotation { phase } } }")).keyRing.rotation.phase;
  while ((await phase()) !== "DONE") await new Promise((go) => setTimeout(go, 50));
  await page.reload();
  await keys.getByText("files rewrapped: 2").waitFor();
  const inUse = await keys.getByText("in use since").count();
  const old = await keys.getByRole("row").filter({ hasText: "replaced 21 Nov" }).count();
  const command = await keys.getByText(/^strongroom keys retire [0-9a-z]+$/).first().isVisible();
  await look("storage");
  return { shown, nextHasFocus, returnsFocus, left, figures, people, usedIsRight, inUse, old, command };
});
