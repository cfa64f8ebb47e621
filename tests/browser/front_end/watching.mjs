// What is asked of every page that a journey looks at, beside what axe asks.
import { readFileSync } from "node:fs";

const ROUTES = readFileSync(new URL("../../../web/app/routes.txt", import.meta.url), "utf8").trim().split("\n");
/** How much of what is seen may have moved by itself (the web vital "cumulative layout shift", of which 0.1 counts as good). */
const SHIFT_LIMIT = 0.01;

const sessions = new WeakMap();

/** Chromium's tools for a page: always the same, for the end of one takes things away that another has set up (passkeys). */
export async function devtoolsOf(page) {
  if (!sessions.has(page)) sessions.set(page, await page.context().newCDPSession(page));
  return sessions.get(page);
}

/** Runs in each page before it begins: keeps what has moved by itself within a moment after somebody came to an address. */
export function watchShifts() {
  const ARRIVING_MS = 1500;
  const seen = [];
  let arrivedAt = 0;
  const take = (entries) => seen.push(...entries.filter((entry) => !entry.hadRecentInput));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  for (const method of ["pushState", "replaceState"]) {
    const plain = history[method].bind(history);
    history[method] = (...all) => {
      const before = location.pathname;
      plain(...all);
      if (location.pathname !== before) arrivedAt = performance.now();
    };
  }
  /** What has moved since the last arrival; told once. */
  globalThis.takeShifts = () => {
    take(observer.takeRecords());
    const own = seen.splice(0).filter(({ startTime }) => startTime >= arrivedAt && startTime < arrivedAt + ARRIVING_MS);
    arrivedAt = Infinity;
    const nameOf = ({ node }) => node?.className || node?.parentElement?.className || node?.nodeName || "?";
    return own.map(({ value, sources }) => ({ value, moved: sources.map(nameOf) }));
  };
}

/** Says what has moved by itself since somebody came to this page. */
export async function movedByItself(page) {
  const shifts = await page.evaluate(() => globalThis.takeShifts());
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  return sum > SHIFT_LIMIT ? [`it moves by itself (${sum.toFixed(3)}): ${JSON.stringify(shifts)}`] : [];
}

/** The name of a look begins with that of the route that is looked at, if with any: a test reads from the names that none is left out. */
export function namedWrongly(page, name) {
  const routes = ROUTES.filter((route) => route !== "/" && `${name}-`.startsWith(`${route.slice(1)}-`));
  const claimed = routes.sort((a, b) => b.length - a.length)[0];
  // Whoever is not signed in is asked to at any address of a member's.
  if (!claimed || claimed === "/login" || new URL(page.url()).pathname === claimed) return [];
  return [`it is at ${page.url()}`];
}

const FOCUSABLE = "a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, summary, [tabindex='0']";

/** What can have the focus and does not show it: each kind of element once, `known` has those that were looked at before. */
export async function ringless(page, known) {
  const devtools = await devtoolsOf(page);
  const call = async (objectId, declaration) =>
    (await devtools.send("Runtime.callFunctionOn", { objectId, functionDeclaration: declaration, returnByValue: true })).result.value;
  await devtools.send("DOM.enable");
  await devtools.send("CSS.enable");
  await devtools.send("DOM.getDocument", { depth: 0 });
  const { result: all } = await devtools.send("Runtime.evaluate", {
    expression: `[...document.querySelectorAll(${JSON.stringify(FOCUSABLE)})].filter((element) => element.checkVisibility() && !element.closest("[inert]"))`,
  });
  const { result: elements } = await devtools.send("Runtime.getProperties", { objectId: all.objectId, ownProperties: true });
  const found = [];
  for (const { name, value } of elements) {
    if (!/^\d+$/.test(name)) continue;
    const kind = await call(value.objectId, "function() { return `${this.localName} ${this.type ?? ''} ${this.className} in ${this.parentElement.className}`; }");
    if (known.has(kind)) continue;
    known.add(kind);
    const { nodeId } = await devtools.send("DOM.requestNode", { objectId: value.objectId });
    const before = await call(value.objectId, `${looks}`);
    await devtools.send("CSS.forcePseudoState", { nodeId, forcedPseudoClasses: ["focus", "focus-visible"] });
    const after = await call(value.objectId, `${looks}`);
    await devtools.send("CSS.forcePseudoState", { nodeId, forcedPseudoClasses: [] });
    const isFocused = await call(value.objectId, "function() { return this === document.activeElement; }");
    if (before === after && !isFocused) found.push(`it does not show the focus: ${kind}`);
  }
  return found;
}

/** Runs in the page: how an element looks, or the label that stands for it. */
function looks() {
  const shown = [this, this.closest("label")].filter(Boolean);
  return shown.map((element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
    return outlineStyle === "none" ? [boxShadow, borderColor, backgroundColor] : [outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor];
  }).join();
}

/** With the letters twice as large, whether something has to be scrolled sideways. */
export async function tooNarrow(page) {
  const devtools = await devtoolsOf(page);
  await devtools.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await devtools.send("Page.setFontSizes", { fontSizes: { standard: 16, fixed: 13 } });
  return isWide ? ["with letters twice as large it has to be scrolled sideways"] : [];
}
