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
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("not-the-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  const message = page.locator("#bar [role=status]:not(:empty)");
  await message.waitFor();
  return message.textContent();
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
export async function stored(browser) {
  const { origins } = await browser.storageState();
  return origins.flatMap((origin) => origin.localStorage.map((item) => item.name));
}
