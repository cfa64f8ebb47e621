// A session that ends while files are on their way: they wait, and go on after the sign-in. Leaving the page meanwhile warns.
import { readFileSync } from "node:fs";
import { onFrontEnd, send, sha256, signInAs } from "./common.mjs";

await onFrontEnd(async ({ browser, page, env, look }) => {
  // Without the line of the subscription, which would notice the end before the uploads do.
  await page.routeWebSocket(/graphql/, () => {});
  await signInAs(page, env, env.opsEmail);
  await page.getByText("You have not stored anything yet").waitFor();
  const choose = async (files) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files" }).click();
    await (await chooser).setFiles(files);
  };
  /** On the server, and only the browser's. */
  const endSession = async () => {
    const { activeSessions } = await send(env, env.opsToken, "{ activeSessions(first: 20) { nodes { id device } } }");
    for (const { id } of activeSessions.nodes.filter(({ device }) => device.includes("Chrom"))) {
      await send(env, env.opsToken, "mutation($id: ID!) { revokeSession(id: $id) }", { id });
    }
  };
  const signInAgain = async () => {
    await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
    await page.keyboard.type(env.password);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };

  // A large one is a quarter there when the session ends.
  const line = await browser.newCDPSession(page);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: 3 << 20 });
  await choose([env.largeDocument]);
  const bar = page.getByRole("progressbar", { name: "large.docx" });
  await page.waitForFunction((element) => element.value > element.max / 4, await bar.elementHandle());
  const leaving = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await leaving;
  const warned = question.type() === "beforeunload";
  await question.dismiss();
  const refused = page.waitForResponse((response) => response.url().includes("/uploads/") && response.status() === 401);
  await endSession();
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  const refusedMethod = (await refused).request().method();
  await page.getByText("waits until you have signed in again").waitFor();
  await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await look("own-held");
  const [offset] = await Promise.all([
    page.waitForResponse((response) => response.url().includes("/uploads/") && response.ok()).then((response) => response.headerValue("upload-offset")),
    signInAgain(),
  ]);
  await page.getByRole("rowheader", { name: "large.docx" }).waitFor({ timeout: 60_000 });

  // A small one, in one request, comes when the session has ended again.
  await endSession();
  await choose([{ name: "small.docx", mimeType: "", buffer: readFileSync(env.document) }]);
  await signInAgain();
  await page.getByRole("rowheader", { name: "small.docx" }).waitFor();

  const { nodes } = (await send(env, env.opsToken, "{ files(first: 5, orderBy: NAME) { nodes { name sha256 } } }")).files;
  const isWhole = [env.largeDocument, env.document].every((path, index) => sha256(readFileSync(path)) === nodes[index].sha256);
  return { warned, refusedMethod, wentOnFrom: Number(offset) > 0, isWhole, names: nodes.map(({ name }) => name) };
});
