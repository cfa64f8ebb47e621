// Signs in as a page does, and prints what the cookie is good for: on its own site, and from another one.
// usage: node cookie_session.mjs BASE_URL EMAIL PASSWORD FILE_ID
import { readFileSync } from "node:fs";
import { inChromium } from "./chromium.mjs";

const [baseUrl, email, password, file] = process.argv.slice(2);
// To a browser, another site than 127.0.0.1.
const elsewhere = baseUrl.replace("127.0.0.1", "localhost");

/** Runs in the page. */
async function send([url, query, variables, headers]) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    credentials: "include",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Follows a plain link of the page; answers the file that comes, or the status. */
async function follow(page, url) {
  const download = page.waitForEvent("download").then(async (download) => readFileSync(await download.path()).length);
  const refusal = page.waitForResponse(url).then((response) => (response.ok() ? download : response.status()));
  download.catch(() => {});
  await page.evaluate((url) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = "download";
    document.body.append(link);
    link.click();
  }, url);
  return refusal;
}

await inChromium(async (browser) => {
  const asked = { "GraphQL-Require-Preflight": "1" };
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  const login = "mutation($input: LoginInput!) { login(input: $input) { user { email } } }";
  await page.evaluate(send, [baseUrl, login, { input: { email, password } }, asked]);
  const viewer = await page.evaluate(send, [baseUrl, "{ viewer { email } }", {}, asked]);
  const bare = await page.evaluate(send, [baseUrl, "{ viewer { email } }", {}, {}]);
  const readable = await page.evaluate(() => document.cookie);
  const link = await page.evaluate(send, [
    baseUrl,
    "mutation($id: ID!) { createDownloadLink(fileId: $id) { url } }",
    { id: file },
    asked,
  ]);
  const url = link.data.createDownloadLink.url;
  const bytes = await follow(page, url);
  const other = await browser.newPage();
  await other.goto(`${elsewhere}/graphiql`);
  const fromElsewhere = await follow(other, url);
  return { viewer: viewer.data.viewer.email, bare: bare.errors[0].extensions.code, readable, bytes, fromElsewhere };
});
