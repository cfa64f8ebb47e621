// What the tests of both tools share: a browser for which there is no network but the server, and what it may not do.

const CLOSED = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];

/** How a browser is started whose every other address is closed. */
export const closedNetwork = { args: CLOSED };

/** Watches all pages of a browser from now on: requests to other origins, and complaints of any kind. */
export async function watch(browser, baseUrl) {
  const seen = { foreign: [], complaints: [] };
  const isOwn = (url) => ["data:", "blob:"].includes(new URL(url).protocol) || url.startsWith(`${baseUrl}/`);
  await browser.route("**/*", (route) => {
    if (isOwn(route.request().url())) return route.continue();
    seen.foreign.push(route.request().url());
    return route.abort();
  });
  browser.on("page", (page) => {
    page.on("websocket", (socket) => {
      if (!socket.url().startsWith(baseUrl.replace("http", "ws"))) seen.foreign.push(socket.url());
    });
    page.on("pageerror", (error) => seen.complaints.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" || text.includes("Content Security Policy")) seen.complaints.push(text);
    });
  });
  await browser.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
      console.error(`Content Security Policy: ${violatedDirective} ${blockedURI} ${sourceFile}`),
    );
  });
  return seen;
}

/** Tries a wrong password, and answers what the bar says to it. */
export async function refuse(page, email) {
  await page.locator("#bar [role=status]", { hasText: "documentation" }).waitFor();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("not-the-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  const message = page.locator("#bar [role=status]", { hasText: "wrong" });
  await message.waitFor();
  return message.textContent();
}

/** What was seen so far; and whether a page that asks elsewhere is stopped, and seen. */
export async function result(page, browser, seen) {
  const soFar = { foreign: [...seen.foreign], complaints: [...seen.complaints], stored: await stored(browser) };
  const ask = () => fetch("https://elsewhere.example/").then(() => "reached", () => "stopped");
  const elsewhere = await page.evaluate(ask);
  return { ...soFar, elsewhere, isSeen: seen.complaints.some((text) => text.includes("elsewhere.example")) };
}

/** Signs in by the form in the bar. */
export async function signIn(page, email, password) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#bar .user", { hasText: email }).waitFor();
}

/** Writes a picture of the page where SCREENSHOTS says, for whoever wants to look. */
export async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}

/** What lies in the browser's storage after all. */
async function stored(browser) {
  const { origins } = await browser.storageState();
  return origins.flatMap((origin) => origin.localStorage.map((item) => item.name));
}

/**
 * Runs a subscription to the downloads of one's files, has somebody download a file, and answers whether the tool shows it. Olga
 * and Carl are asked for by their tokens, from outside of the browser.
 */
export async function hearOfDownload(page, baseUrl, execute, [olga, carl]) {
  // Whether the server has subscriptions: set in tests/it/clients.rs.
  if (process.env.STRONGROOM_SUBSCRIPTIONS !== "1") return false;
  const ask = async (token, query, variables = {}) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query, variables });
    return (await (await fetch(`${baseUrl}/graphql`, { method: "POST", headers, body })).json()).data;
  };
  const { files } = await ask(olga, "{ files { nodes { id } } }");
  const id = files.nodes[0].id;
  const { viewer } = await ask(carl, "{ viewer { email } }");
  const share = "mutation($input: ShareInput!) { share(input: $input) { shares { id } } }";
  await ask(olga, share, { input: { fileId: id, recipients: [viewer.email] } });

  await execute.click();
  // A tool does not say when the server has begun to listen for it: there is one download after another until one is heard.
  for (let tries = 0; tries < 30; tries += 1) {
    const { createDownloadLink: link } = await ask(carl, "mutation($id: ID!) { createDownloadLink(fileId: $id) { url } }", { id });
    await (await fetch(link.url, { headers: { authorization: `Bearer ${carl}` } })).arrayBuffer();
    const shown = () => [...document.querySelectorAll(".CodeMirror")].some((it) => it.CodeMirror.getValue().includes('"eventId"'));
    const isShown = await page.waitForFunction(shown, null, { timeout: 2000 }).then(() => true, () => false);
    if (isShown) {
      await execute.click();
      return true;
    }
  }
  return false;
}
