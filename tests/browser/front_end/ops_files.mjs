// What Ops do with what they have stored: find, choose several, share them, see who has downloaded them and take that back, rename,
// delete and bring back; and what is too large for the room that is left.
import { onFrontEnd, onceItIs, send, shareAsOps, signInAs, uploadAsOps } from "./common.mjs";

const FILES = "{ files(first: 20, orderBy: NAME) { nodes { name shares(first: 5) { nodes { everyClient recipient { email } } } } } }";
const TRASH = "{ trash(first: 20) { totalCount } }";

await onFrontEnd(async ({ page, env, look }) => {
  const names = [1, 2, 3, 4, 5].map((number) => `Plan ${number}.docx`);
  const ids = [];
  for (const name of names) ids.push(await uploadAsOps(env, name));
  for (const email of [env.email, env.secondEmail]) await shareAsOps(env, ids[0], email);
  await download(env, ids[0]);
  const filesNow = async () => (await send(env, env.opsToken, FILES)).files.nodes;
  const inTrash = async () => (await send(env, env.opsToken, TRASH)).trash.totalCount;
  let uploadsSent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && (request.url().endsWith("/uploads") || request.headers()["content-type"]?.startsWith("multipart/"))) uploadsSent += 1;
  });

  await signInAs(page, env, env.opsEmail);
  const table = page.getByRole("table", { name: "Files that you stored" });
  await table.getByRole("rowheader", { name: names[0] }).waitFor();
  await page.getByText(/ of 2 MiB stored/).waitFor();
  const named = async () => (await table.getByRole("rowheader").allInnerTexts()).map((text) => text.replace(/^docx\s*/, ""));
  await table.getByRole("button", { name: "Name" }).click();
  const byName = await onceItIs(names, named);
  await page.getByRole("combobox", { name: "Stored" }).selectOption("7");
  await table.getByRole("rowheader", { name: names[4] }).waitFor();

  // Three in a row, shared with two people at once.
  await page.getByRole("checkbox", { name: `Choose ${names[1]}` }).click();
  await page.getByRole("checkbox", { name: `Choose ${names[3]}` }).click({ modifiers: ["Shift"] });
  await page.getByText("3 files are chosen").waitFor();
  await look("own-chosen");
  const bar = page.getByRole("group", { name: "What can be done with the chosen files" });
  await bar.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Share 3 files" }).waitFor();
  await dialog.getByRole("combobox", { name: "With whom" }).fill(`${env.email}, ${env.secondEmail},`);
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText("Shared with 2 people.").waitFor();
  const shares = (await filesNow()).slice(1, 4).map(({ name, shares }) => [name, ...shares.nodes.map(({ recipient }) => recipient.email).sort()]);
  await bar.getByRole("button", { name: "Choose none" }).click();

  // One for every Client.
  await page.getByRole("button", { name: `Share ${names[4]}` }).click();
  await dialog.getByLabel("With every client").check();
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText("Shared with every client.").waitFor();
  const everyClient = (await filesNow())[4].shares.nodes[0].everyClient;

  // Who has downloaded it and who has not, as it happens.
  await page.getByRole("button", { name: names[0], exact: true }).click();
  await dialog.getByText("downloaded it once").waitFor();
  const receipts = (await dialog.getByText(/downloaded it/).allInnerTexts()).sort();
  await look("own-details");
  await download(env, ids[0]);
  await page.getByText(`has downloaded ${names[0]}`).waitFor();
  await dialog.getByText("downloaded it 2 times").waitFor();
  await dialog.getByRole("button", { name: "Take back from Dora" }).click();
  await page.getByRole("dialog", { name: "Take it back from Dora?" }).getByRole("button", { name: "Take back" }).click();
  await dialog.getByText(env.secondEmail).waitFor({ state: "detached" });
  const afterRevoking = (await filesNow())[0].shares.nodes.map(({ recipient }) => recipient.email);
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: names[4], exact: true }).click();
  await dialog.getByText("clients have downloaded it").click();
  await dialog.getByText("has not downloaded it yet").first().waitFor();
  await look("own-details-every");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  // Renamed; why a name is refused is said before it is asked.
  await page.getByRole("button", { name: `More about ${names[0]}` }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await dialog.getByLabel("New name").fill("Plans/1");
  await dialog.getByText("A name cannot have /").waitFor();
  await look("own-rename");
  await dialog.getByLabel("New name").fill("Plan 1 of 5");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await table.getByRole("rowheader", { name: "Plan 1 of 5.docx" }).waitFor();
  const { name } = (await filesNow())[0];

  // Two deleted and brought back, one of them deleted again, and one for good.
  await page.getByRole("checkbox", { name: "Choose Plan 1 of 5.docx" }).click();
  await page.getByRole("checkbox", { name: `Choose ${names[4]}` }).click();
  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByText("2 files are in the trash.").waitFor();
  const deleted = await inTrash();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("2 files are back.").waitFor();
  const afterUndo = (await filesNow()).length;
  await table.getByRole("rowheader", { name: names[4] }).waitFor();
  for (const one of [names[3], names[4]]) {
    await page.getByRole("button", { name: `More about ${one}` }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await table.getByRole("rowheader", { name: one }).waitFor({ state: "detached" });
  }
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByRole("heading", { name: "Trash" }).waitFor();
  await page.getByText(/^(in 6 days|in 7 days|28 Nov)$/).first().waitFor();
  await look("trash");
  await page.getByRole("button", { name: `Bring back ${names[3]}` }).click();
  await page.getByText(`${names[3]} is among your files again.`).waitFor();
  await page.getByRole("button", { name: `Delete ${names[4]} for good` }).click();
  await look("trash-for-good");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("The trash is empty").waitFor();
  const leftInTrash = await inTrash();

  // What has no room is refused before anything is sent.
  await page.getByRole("link", { name: "Your files" }).click();
  await table.getByRole("rowheader", { name: names[3] }).waitFor();
  await page.getByText(/ of 2 MiB stored/).waitFor();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles([env.tooLarge]);
  await page.getByText("There is room for").waitFor();
  const atTheEnd = (await filesNow()).map((file) => file.name);
  return { byName, shares, everyClient, receipts, afterRevoking, name, inTrash: deleted, afterUndo, atTheEnd, leftInTrash, uploadsSent };
});

/** Downloads a file as the Client. */
async function download(env, fileId) {
  const query = "mutation($fileId: ID!) { createDownloadLink(fileId: $fileId) { url } }";
  const { url } = (await send(env, env.clientToken, query, { fileId })).createDownloadLink;
  const response = await fetch(`${env.baseUrl}${new URL(url).pathname}`, { headers: { authorization: `Bearer ${env.clientToken}` } });
  if (!response.ok) throw new Error(`${response.status}`);
  await response.arrayBuffer();
}
