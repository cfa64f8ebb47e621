// GraphQL Playground in a browser whose every other address is closed, as a person uses it; prints what came of each step.
// usage: node playground.mjs BASE_URL EMAIL PASSWORD ACCESS_TOKEN DOCUMENT TOKEN_OF_A_CLIENT
import { inChromium } from "./chromium.mjs";
import { closedNetwork, hearOfDownload, picture, refuse, result, signIn, watch } from "./tool.mjs";

const [baseUrl, email, password, token, document, client] = process.argv.slice(2);
/** The editors, in the order of the page: the operation, variables or headers, the result. */
const editor = (page, index) => page.locator("#tool .CodeMirror").nth(index);
const write = (locator, content) => locator.evaluate((it, content) => it.CodeMirror.setValue(content), content);
const RESULT = 2;

/** Runs an operation, and answers what stands on the right. */
async function run(page, query) {
  await write(editor(page, 0), query);
  const response = editor(page, RESULT);
  await write(response, "");
  await page.getByTitle("Execute Query").click();
  await page.waitForFunction((it) => it.CodeMirror.getValue().trim() !== "", await response.elementHandle());
  return JSON.parse(await response.evaluate((it) => it.CodeMirror.getValue()));
}

const isIntrospection = (request) => (request.postData() ?? "").includes("IntrospectionQuery");

const VIEWER = "{ viewer { email } }";
const UPLOAD = "mutation($file: Upload!) { upload(file: $file) { file { name sha256 } } }";

await inChromium(async (browser) => {
  const seen = await watch(browser, baseUrl);
  const page = await browser.newPage();
  // Playground takes tabs and addresses from its own address; not here.
  await page.goto(`${baseUrl}/playground?endpoint=https://elsewhere.example/&query=mutation{logout}`);
  await editor(page, RESULT).waitFor({ state: "attached" });
  const steps = { asked: await editor(page, 0).evaluate((it) => it.CodeMirror.getValue().includes("logout")) };
  steps.anonymous = (await run(page, VIEWER)).data;
  steps.refused = await refuse(page, email);
  await signIn(page, email, password);
  steps.viewer = (await run(page, VIEWER)).data;
  // The schema was refused before, and comes by itself now.
  await page.getByText("Docs", { exact: true }).click();
  await page.locator(".doc-root", { hasText: "activeSessions" }).waitFor();
  await picture(page, "playground-docs");
  await page.getByText("Docs", { exact: true }).click();

  steps.unattached = (await run(page, UPLOAD)).errors[0].message;
  await page.locator("#bar input[type=file]").setInputFiles(document);
  await page.locator("#bar .chip").waitFor();
  steps.uploaded = (await run(page, UPLOAD)).data;
  await picture(page, "playground-uploaded");
  steps.attachedAfterwards = await page.locator("#bar .chip").count();
  await write(editor(page, 0), "subscription { fileDownloaded { at } }");
  steps.heard = await hearOfDownload(page, baseUrl, page.getByTitle("Execute Query"), [token, client]);

  // On a slow line the question for the schema comes when the session has ended, which is no complaint.
  let letGo;
  const signedOut = new Promise((resolve) => (letGo = resolve));
  await page.route("**/graphql", async (route) => {
    if (isIntrospection(route.request())) await signedOut;
    await route.fallback();
  });
  const asksForSchema = page.waitForRequest(isIntrospection);
  await page.reload();
  await page.locator("#bar .user", { hasText: email }).waitFor();
  steps.afterReload = (await run(page, VIEWER)).data;
  await asksForSchema;
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").waitFor();
  const answer = page.waitForResponse((response) => isIntrospection(response.request()));
  letGo();
  await answer;
  steps.signedOut = (await run(page, VIEWER)).data;
  await page.getByText("HTTP Headers", { exact: true }).click();
  await write(editor(page, 1), JSON.stringify({ Authorization: `Bearer ${token}` }));
  steps.byHeader = (await run(page, VIEWER)).data;
  return { ...steps, ...(await result(page, browser, seen)) };
}, closedNetwork);
