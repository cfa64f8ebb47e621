// What Ops do: take files in, small and large, chosen and dropped, in folders too, and share one.
import { readFileSync } from "node:fs";
import { onFrontEnd, send, sha256, signInAs } from "./common.mjs";

await onFrontEnd(async ({ browser, page, env, look }) => {
  await signInAs(page, env, env.opsEmail);
  await page.getByText("You have not stored anything yet").waitFor();
  await look("own-empty");

  // Chosen: one is refused before anything is sent, and does not keep the other from going.
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles([{ name: "report-libreoffice.docx", mimeType: "", buffer: readFileSync(env.document) }, { name: "tool.exe", mimeType: "", buffer: Buffer.from("MZ") }]);
  await page.getByText("Only .docx, .pptx, .xlsx are taken here.").waitFor();
  await page.getByRole("rowheader", { name: "report-libreoffice.docx" }).waitFor();

  // Dropped: what only the content tells is refused by the server.
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["no document at all"], "pretended.docx"));
    return transfer;
  });
  await page.dispatchEvent("main", "drop", { dataTransfer: dropped });
  await page.getByText("Files of this kind are not taken").waitFor();

  // A folder, as a hand drops it: what lies in it at any depth is stored, and what is none is explained.
  const line = await browser.newCDPSession(page);
  const data = { items: [], files: [env.folder], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await line.send("Input.dispatchDragEvent", { type, x: 700, y: 300, data });
  for (const name of ["summary.docx", "first.docx", "second.docx"]) await page.getByRole("rowheader", { name }).waitFor();
  await page.getByText("quarter/notes.txt, quarter/old/photo.jpg").waitFor();
  await page.getByText("The file is empty.").waitFor();
  await look("own-folder");

  // A large one, over a slow line, held on the way.
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 3 << 20 });
  const large = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await large).setFiles([env.largeDocument]);
  await page.getByRole("button", { name: /^Pause/ }).click();
  await page.getByText("paused", { exact: true }).waitFor();
  const heldAt = await page.getByRole("progressbar", { name: "large.docx" }).evaluate((bar) => bar.value < bar.max);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.getByRole("button", { name: /^Go on/ }).click();
  await page.getByRole("rowheader", { name: "large.docx" }).waitFor({ timeout: 60_000 });
  const files = await send(env, env.opsToken, "{ files(first: 10) { nodes { name sha256 } } }");
  const stored = files.files.nodes.find((file) => file.name === "large.docx");
  const isWhole = stored.sha256 === sha256(readFileSync(env.largeDocument));

  // Shared by keyboard with somebody who is suggested, and with nobody.
  await page.getByRole("button", { name: "Share large.docx" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.type("nobody@example.com");
  await page.keyboard.press("Enter");
  await dialog.getByRole("textbox", { name: "Downloads for each" }).fill("3");
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByText("Each of them has to be the address of a client").waitFor();
  await look("own-share");
  await dialog.getByRole("button", { name: "Take nobody@example.com off" }).click();
  await page.keyboard.type(env.email.slice(0, 3));
  await page.getByRole("option", { name: env.email }).waitFor();
  await look("own-suggestions");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("listitem").getByText(env.email).waitFor();
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByText("Shared with one person.").waitFor();
  await page.getByText("1 share", { exact: true }).waitFor();
  await look("own-files");
  const shares = "{ files(first: 10) { nodes { name shares(first: 5) { nodes { downloadsLeft recipient { email } } } } } }";
  const after = (await send(env, env.opsToken, shares)).files.nodes;
  return { heldAt, isWhole, shares: after.find((file) => file.name === "large.docx").shares.nodes, names: after.map(({ name }) => name).sort() };
});
