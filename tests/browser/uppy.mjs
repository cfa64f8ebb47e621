// A page of another origin uploads a file with Uppy and its Tus plugin, over whatever line there is.
// usage: node uppy.mjs ORIGIN_OF_THE_PAGE ENDPOINT TOKEN_FILE DOCUMENT
import { readFileSync } from "node:fs";
import { inChromium } from "./chromium.mjs";

const [origin, endpoint, tokenFile, document] = process.argv.slice(2);
await inChromium(async (browser) => {
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  await page.exposeFunction("currentToken", () => readFileSync(tokenFile, "utf8"));
  await page.goto(origin);
  await page.setInputFiles("input", document);
  return page.evaluate(async (endpoint) => {
    const { Uppy, Tus } = await import("/uppy.min.mjs");
    let retries = 0;
    let fileId = "";
    const uppy = new Uppy().use(Tus, {
      endpoint,
      retryDelays: Array(100).fill(100),
      // A long upload outlives its token.
      onBeforeRequest: async (request) => request.setHeader("Authorization", `Bearer ${await window.currentToken()}`),
      onAfterResponse: (_request, response) => {
        fileId = response.getHeader("Strongroom-File") ?? fileId;
      },
      onShouldRetry: (error) => {
        retries += 1;
        const status = error.originalResponse?.getStatus() ?? 0;
        // 401: a token of the server before it was started again, under another address in this test.
        return [0, 401, 409].includes(status) || status >= 500;
      },
    });
    const [file] = window.document.querySelector("input").files;
    uppy.addFile({ name: file.name, type: file.type, data: file });
    const { successful, failed } = await uppy.upload();
    return { fileId, retries, successful: successful.length, failed: failed.map(({ error }) => String(error)) };
  }, endpoint);
});
