// A Client over a slow line, which is gone for a while.
import { readFileSync } from "node:fs";
import { onFrontEnd, onceItIs, sha256, shareAsOps, signIn, uploadAsOps } from "./common.mjs";
import { devtoolsOf } from "./watching.mjs";

await onFrontEnd(async ({ page, env, look, watch }) => {
  const devtools = await devtoolsOf(page);
  await devtools.send("Network.enable");
  /** A line as in a train: a third of a second to and fro. */
  const slow = { offline: false, latency: 300, downloadThroughput: 80 << 10, uploadThroughput: 40 << 10 };
  const be = (line) => devtools.send("Network.emulateNetworkConditions", line);
  const file = (name) => page.getByRole("heading", { name, exact: true });
  const waits = () => page.getByText("Loading …").waitFor();
  await shareAsOps(env, await uploadAsOps(env, "Before.docx"), env.email);

  await be(slow);
  await page.goto(`${env.baseUrl}/login`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await Promise.all([waits(), signIn(page, env.email, env.password)]);
  await file("Before.docx").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download Before.docx" }).press("Enter");
  const isWhole = sha256(readFileSync(await (await saved).path())) === sha256(readFileSync(env.document));
  // What is asked for anew is seen to be on its way, and what there was stays until then.
  await page.getByLabel("Order").selectOption("NAME");
  await page.locator("ol[aria-busy=true]").getByText("Before.docx").waitFor();
  await page.locator("ol[aria-busy=false]").waitFor();
  await page.getByLabel("Order").selectOption("NEWEST_FIRST");
  await page.locator("ol[aria-busy=false]").waitFor();

  // The line is gone, and something is shared meanwhile.
  await be({ ...slow, offline: true });
  await page.getByText("You are offline").waitFor();
  await page.getByLabel("Search by name").fill("before");
  await page.getByText("The server cannot be reached").waitFor();
  await look("files-offline");
  await page.getByLabel("Search by name").fill("");
  await shareAsOps(env, await uploadAsOps(env, "Meanwhile.docx"), env.email);

  // It is back: what was missed is there without a hand, and what comes now comes by itself.
  await be({ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.getByText("You are online again").waitFor();
  await file("Meanwhile.docx").waitFor();
  const isMarked = await page.locator(".row.new").filter({ hasText: "Meanwhile.docx" }).waitFor().then(() => true);
  const isOver = (await page.getByText("You are offline").count()) + (await page.getByText("cannot be reached").count());
  await shareAsOps(env, await uploadAsOps(env, "Afterwards.docx"), env.email);
  await page.getByText("shared Afterwards.docx with you").waitFor();
  const headings = page.getByRole("list", { name: "Files shared with you" }).getByRole("heading");
  const names = await onceItIs(["Afterwards.docx", "Meanwhile.docx", "Before.docx"], () => headings.allInnerTexts());

  // A page that has not been there yet, without a line.
  await be({ ...slow, offline: true });
  await page.getByRole("link", { name: "Settings" }).press("Enter");
  await page.getByRole("heading", { name: "This did not work" }).waitFor();
  await be({ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  // What the browser says of a line that is gone is no fault of the page.
  watch.complaints = watch.complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED|Unable to preload|dynamically imported/.test(one));
  return { isWhole, isMarked, isOver, names };
});
