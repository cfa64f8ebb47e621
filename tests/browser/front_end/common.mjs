// What the tests of the web front end share: a page that is watched, and looks at it: axe, screenshots, small and large, light and dark.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { inChromium, withChromium } from "../chromium.mjs";
import { movedByItself, namedWrongly, ringless, tooNarrow, watchShifts } from "./watching.mjs";

/** Where each look leaves pictures, for whoever wants to see; else none are taken. */
const PICTURES = process.env.SCREENSHOTS && join(process.env.SCREENSHOTS, basename(process.argv[1], ".mjs"));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Each size and each scheme once: no rule of the style is about both. The page is left as the last one has it. */
const VIEWS = [{ width: 360, height: 740, colorScheme: "dark" }, { width: 1440, height: 900, colorScheme: "light" }];

/**
 * Calls `act` with a page and what can be done around it; prints what it answers, beside whatever the browser complained of, each address
 * elsewhere that was asked for, and what axe found. `env` has `baseUrl`, `pictures` (a folder, for one of a failure) and whatever else was
 * given. `elsewhere` gives a page in another browser, for another person.
 */
export async function onFrontEnd(act) {
  const env = JSON.parse(process.argv[2]);
  mkdirSync(env.pictures, { recursive: true });
  await inChromium(async (browser) => {
    const watch = { foreign: [], complaints: [], violations: [], scripts: [], ringed: new Set() };
    browser.setDefaultTimeout(30_000);
    const page = await newPage(browser, env, watch);
    try {
      const elsewhere = (other) => withChromium(async (second) => other(await newPage(second, env, watch)));
      const outcome = await act({ browser, page, env, watch, look: (name, of = page) => look(of, name, env, watch), elsewhere });
      return { ...outcome, foreign: watch.foreign, complaints: watch.complaints, violations: watch.violations };
    } catch (failure) {
      await page.screenshot({ path: join(env.pictures, "failure.png"), fullPage: true }).catch(() => {});
      console.error(await page.locator("body").innerText().catch(() => ""), watch);
      throw failure;
    }
  });
}

async function newPage(browser, env, watch) {
  const page = await browser.newPage();
  await page.addInitScript(watchShifts);
  await page.setViewportSize({ width: VIEWS[1].width, height: VIEWS[1].height });
  // The server's clock stands still.
  if (env.now) await page.clock.setFixedTime(env.now);
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(env.baseUrl).origin) watch.foreign.push(request.url());
  });
  page.on("response", async (response) => {
    const isScript = response.request().resourceType() === "script";
    if (isScript) watch.scripts.push(response.url());
  });
  page.on("console", (message) => {
    // An answer that is an error is not a fault of the page.
    if (["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load resource")) watch.complaints.push(message.text());
  });
  page.on("pageerror", (error) => watch.complaints.push(String(error)));
  return page;
}

/** Signs in on the page, which may be anywhere. */
export async function signInAs(page, env, email) {
  await page.goto(`${env.baseUrl}/login`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** An access token of somebody, for a program of its own. */
export async function tokenOf({ baseUrl, password }, email) {
  const query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
  return (await send({ baseUrl }, null, query, { input: { email, password } })).login.accessToken;
}

/** Presses Tab, or what else goes from one to the next, until something of this name has the focus, and shows it. */
export async function tabTo(page, name, key = "Tab") {
  for (let turn = 0; turn < 40; turn++) {
    await page.keyboard.press(key);
    const [focused, ring] = await page.evaluate(() => {
      const element = document.activeElement;
      const name = element?.getAttribute("aria-label") ?? element?.labels?.[0]?.innerText ?? element?.innerText ?? "";
      return [name.trim(), getComputedStyle(element).outlineStyle];
    });
    if (focused !== name) continue;
    if (ring === "none") throw new Error(`${name} has the focus and does not show it`);
    return;
  }
  throw new Error(`${name} is not reached by ${key}`);
}

/** Looks at the page in both views, and once at what is the same in all of them. */
async function look(page, name, env, watch) {
  // What fades in is there at last.
  await page.waitForFunction(() => [...document.querySelectorAll(".veil")].every((veil) => getComputedStyle(veil).opacity === "1"));
  const once = [...(await movedByItself(page)), ...namedWrongly(page, name), ...(await ringless(page, watch.ringed))];
  for (const { colorScheme, ...size } of VIEWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // What is just appearing is not there yet to axe.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    const where = `${name}-${size.width}-${colorScheme}`;
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `${where}.png`) });
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const results = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    });
    watch.violations.push(...found.map((one) => `${where}: ${one}`));
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) watch.violations.push(`${where}: it has to be scrolled sideways`);
  }
  // Last, for animations begin again with other sizes of letters.
  once.push(...(await tooNarrow(page)));
  watch.violations.push(...once.map((one) => `${name}: ${one}`));
}

/** The link in the newest mail to an address; waits until one is there that `after` (a count) has not seen. */
export async function mailedLink(env, email, page) {
  for (let turn = 0; turn < 300; turn++) {
    const mails = readdirSync(env.mailDir, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".eml") && !entry.name.startsWith("."))
      .map((entry) => join(env.mailDir, entry.name))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    for (const mail of mails) {
      const text = readFileSync(mail, "utf8");
      const link = text.match(new RegExp(`^\\S*/${page}\\?\\S+$`, "m"))?.[0];
      if (link && text.includes(`To: ${email}`)) return link;
    }
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error(`no mail with a link to ${page} came`);
}

/** Sends an operation with somebody's access token, or nobody's. */
export async function send({ baseUrl }, token, query, variables) {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${baseUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Stores a document as the Ops user; answers its id. */
export async function uploadAsOps(env, name, path = env.document) {
  const body = new FormData();
  const query = "mutation($file: Upload!) { upload(file: $file) { file { id } } }";
  body.append("operations", JSON.stringify({ query, variables: { file: null } }));
  body.append("map", JSON.stringify({ 0: ["variables.file"] }));
  body.append("0", new Blob([readFileSync(path)]), name ?? basename(path));
  const response = await fetch(`${env.baseUrl}/graphql`, { method: "POST", headers: { authorization: `Bearer ${env.opsToken}` }, body });
  return (await response.json()).data.upload.file.id;
}

export async function shareAsOps(env, fileId, recipient, terms = {}) {
  const input = { fileId, recipients: [recipient], ...terms };
  const data = await send(env, env.opsToken, "mutation($input: ShareInput!) { share(input: $input) { shares { id } } }", { input });
  return data.share.shares[0].id;
}

/**
 * What `read` answers as soon as it is what is expected; after ten seconds whatever it answers then. For what stood there before may
 * look as if it were the answer.
 */
export async function onceItIs(expected, read) {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await read();
    if (JSON.stringify(found) === JSON.stringify(expected) || performance.now() > deadline) return found;
    await new Promise((go) => setTimeout(go, 20));
  }
}

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Signs in on the page that asks to. */
export async function signIn(page, email, password) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).press("Enter");
}

/** What a person does who has no mouse. */
export function keysOn(page) {
  /** Presses Tab until the element has the focus, and sees to it that this is shown. */
  const to = async (locator) => {
    await locator.waitFor();
    for (let turn = 0; turn <= 120; turn++) {
      if (turn > 0) await page.keyboard.press("Tab");
      const state = await locator.evaluate((element) => {
        if (element !== document.activeElement) return "elsewhere";
        const shown = [element, element.closest("label")].some((one) => one && getComputedStyle(one).outlineStyle !== "none");
        return shown ? "shown" : "hidden";
      });
      if (state === "shown") return;
      if (state === "hidden") throw new Error(`it has the focus and does not show it: ${locator}`);
    }
    throw new Error(`it is not reached by Tab: ${locator}`);
  };
  return {
    to,
    press: async (locator, key = "Enter") => {
      await to(locator);
      await page.keyboard.press(key);
    },
    type: async (locator, text) => {
      await to(locator);
      await page.keyboard.press("Control+A");
      await (text === "" ? page.keyboard.press("Delete") : page.keyboard.type(text));
    },
    /** Of several that belong together, which is one stop for Tab. */
    choose: async (radio) => {
      await radio.waitFor();
      for (let turn = 0; turn < 120; turn++) {
        const [isHere, isChosen] = await radio.evaluate((element) => [element === document.activeElement, element.checked]);
        if (isHere) return isChosen ? undefined : page.keyboard.press("Space");
        const isAmongThem = await radio.evaluate((element) => document.activeElement?.type === "radio" && document.activeElement.closest("fieldset") === element.closest("fieldset"));
        await page.keyboard.press(isAmongThem ? "ArrowDown" : "Tab");
      }
      throw new Error(`it is not reached: ${radio}`);
    },
    /** In a list that opens: the letters choose, at once, for one that comes a second later begins another word. */
    select: async (box, words) => {
      await to(box);
      await Promise.all([...words].map((letter) => page.keyboard.press(letter)));
    },
  };
}
