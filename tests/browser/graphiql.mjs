// GraphiQL in a browser whose every other address is closed, as a person uses it; prints what came of each step.
// usage: node graphiql.mjs BASE_URL EMAIL PASSWORD ACCESS_TOKEN DOCUMENT TOKEN_OF_A_CLIENT
import { inChromium } from "./chromium.mjs";
import { closedNetwork, hearOfDownload, picture, refuse, result, signIn, watch } from "./tool.mjs";

const [baseUrl, email, password, token, document, client] = process.argv.slice(2);
const editor = (page, name) => page.locator(`${name} .CodeMirror`);
const write = (locator, content) => locator.evaluate((it, content) => it.CodeMirror.setValue(content), content);

/** Puts an operation into the editor. GraphiQL reads it a moment later. */
async function type(page, query) {
  const source = editor(page, ".graphiql-query-editor");
  await write(source, query);
  const hasRead = ([it, query]) => it.CodeMirror.documentAST?.loc?.source.body === query;
  await page.waitForFunction(hasRead, [await source.elementHandle(), query]);
}

/** Runs an operation, and answers what stands on the right. */
async function run(page, query) {
  const response = editor(page, ".graphiql-response");
  await write(response, "");
  await type(page, query);
  await page.locator(".graphiql-execute-button").click();
  await page.waitForFunction((it) => it.CodeMirror.getValue().trim() !== "", await response.elementHandle());
  return JSON.parse(await response.evaluate((it) => it.CodeMirror.getValue()));
}

const VIEWER = "{ viewer { email } }";
const UPLOAD = "mutation($file: Upload!) { upload(file: $file) { file { name sha256 } } }";

await inChromium(async (browser) => {
  const seen = await watch(browser, baseUrl);
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  await editor(page, ".graphiql-query-editor").waitFor();
  const steps = {};
  steps.anonymous = (await run(page, VIEWER)).data;

  steps.refused = await refuse(page, email);
  await picture(page, "graphiql-refused");
  await signIn(page, email, password);
  steps.viewer = (await run(page, VIEWER)).data;
  // The schema was refused before, and comes by itself now.
  await page.getByLabel("Show Documentation Explorer").click();
  await page.locator(".graphiql-doc-explorer", { hasText: "Mutation" }).waitFor();
  await picture(page, "graphiql-docs");

  steps.unattached = (await run(page, UPLOAD)).errors[0].message;
  await page.locator("#bar input[type=file]").setInputFiles(document);
  await page.locator("#bar .chip").waitFor();
  await picture(page, "graphiql-attached");
  steps.uploaded = (await run(page, UPLOAD)).data;
  steps.attachedAfterwards = await page.locator("#bar .chip").count();
  await type(page, "subscription { fileDownloaded { at } }");
  steps.heard = await hearOfDownload(page, baseUrl, page.locator(".graphiql-execute-button"), [token, client]);

  await page.reload();
  await page.locator("#bar .user", { hasText: email }).waitFor();
  await editor(page, ".graphiql-query-editor").waitFor();
  steps.afterReload = (await run(page, VIEWER)).data;
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("E-mail").waitFor();
  steps.signedOut = (await run(page, VIEWER)).data;
  await page.getByRole("button", { name: "Headers" }).click();
  await write(editor(page, ".graphiql-editor-tool .graphiql-editor:not(.hidden)"), JSON.stringify({ Authorization: `Bearer ${token}` }));
  steps.byHeader = (await run(page, VIEWER)).data;
  return { ...steps, ...(await result(page, browser, seen)) };
}, closedNetwork);
