// Debian's Chromium with a profile of its own, gone afterwards.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Milliseconds: all cores may be busy with other tests. */
const PATIENCE = 120_000;

/** Calls `act` with a browser context and prints what it answers as JSON. `more` may have further arguments for Chromium. */
export async function inChromium(act, more = {}) {
  console.log(JSON.stringify(await withChromium(act, more)));
}

/** The same, and answers it: one may stand in the other, for two people. */
export async function withChromium(act, more = {}) {
  const profile = mkdtempSync(join(tmpdir(), "strongroom-browser-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    timeout: PATIENCE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(more.args ?? []),
    ],
  });
  browser.setDefaultTimeout(PATIENCE);
  try {
    return await act(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
