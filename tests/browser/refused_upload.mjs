// A browser's fetch sends an upload that is refused at its first bytes, 63 MiB long, and prints the answer.
// usage: node refused_upload.mjs BASE_URL ACCESS_TOKEN
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [baseUrl, token] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "strongroom-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  const answer = await page.evaluate(async (token) => {
    const content = new Uint8Array(63 << 20);
    content.set([0x4d, 0x5a]);
    const query = "mutation($file: Upload!) { upload(file: $file) { file { id } } }";
    const body = new FormData();
    body.append("operations", JSON.stringify({ query, variables: { file: null } }));
    body.append("map", JSON.stringify({ 0: ["variables.file"] }));
    body.append("0", new Blob([content]), "report.docx");
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch("/graphql", { method: "POST", headers, body });
    return response.text();
  }, token);
  console.log(answer);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
