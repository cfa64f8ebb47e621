// A page of another origin signs nobody in, but calls the API with a token: reads, uploads, downloads a range.
// usage: node cross_origin.mjs ORIGIN_OF_THE_PAGE BASE_URL ACCESS_TOKEN DOCUMENT_IN_BASE64
import { inChromium } from "./chromium.mjs";

const [origin, baseUrl, token, base64] = process.argv.slice(2);
await inChromium(async (browser) => {
  const page = await browser.newPage();
  await page.goto(origin);
  return page.evaluate(
    async ({ baseUrl, token, base64 }) => {
      const headers = { authorization: `Bearer ${token}` };
      const call = async (init) => (await fetch(`${baseUrl}/graphql`, { method: "POST", ...init })).json();
      const ask = (query) =>
        call({ headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ query }) });
      try {
        const viewer = await ask("{ viewer { email } }");
        const form = new FormData();
        const query = "mutation($file: Upload!) { upload(file: $file) { file { size downloadLink { url } } } }";
        form.append("operations", JSON.stringify({ query, variables: { file: null } }));
        form.append("map", JSON.stringify({ 0: ["variables.file"] }));
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        form.append("0", new Blob([content]), "report.docx");
        const upload = await call({ headers, body: form });
        const { url } = upload.data.upload.file.downloadLink;
        const range = await fetch(url, { headers: { ...headers, range: "bytes=0-3" } });
        return {
          email: viewer.data.viewer.email,
          status: range.status,
          range: range.headers.get("content-range"),
          length: content.length,
        };
      } catch (error) {
        return { error: error.name };
      }
    },
    { baseUrl, token, base64 },
  );
});
