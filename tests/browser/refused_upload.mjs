// A browser's fetch sends an upload that is refused at its first bytes, 63 MiB long, and prints the answer.
// usage: node refused_upload.mjs BASE_URL ACCESS_TOKEN
import { inChromium } from "./chromium.mjs";

const [baseUrl, token] = process.argv.slice(2);
await inChromium(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  return page.evaluate(async (token) => {
    const content = new Uint8Array(63 << 20);
    content.set([0x4d, 0x5a]);
    const query = "mutation($file: Upload!) { upload(file: $file) { file { id } } }";
    const body = new FormData();
    body.append("operations", JSON.stringify({ query, variables: { file: null } }));
    body.append("map", JSON.stringify({ 0: ["variables.file"] }));
    body.append("0", new Blob([content]), "report.docx");
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch("/graphql", { method: "POST", headers, body });
    return response.json();
  }, token);
});
