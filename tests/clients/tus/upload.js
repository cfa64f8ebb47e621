// Uploads one file with tus-js-client over a line that breaks, and prints how often it had to go on.
import fs from 'node:fs';
import * as tus from 'tus-js-client';

const { TUS_ENDPOINT, TUS_TOKEN_FILE, TUS_DOCUMENT } = process.env;
let retries = 0;
let fileId = '';

const upload = new tus.Upload(fs.createReadStream(TUS_DOCUMENT), {
  endpoint: TUS_ENDPOINT,
  metadata: { filename: 'large.docx', filetype: 'application/octet-stream' },
  uploadSize: fs.statSync(TUS_DOCUMENT).size,
  retryDelays: Array(100).fill(100),
  // The token is asked for anew before each request: a long upload outlives it.
  onBeforeRequest: (request) => {
    request.setHeader('Authorization', `Bearer ${fs.readFileSync(TUS_TOKEN_FILE, 'utf8')}`);
  },
  onAfterResponse: (_request, response) => {
    fileId = response.getHeader('Strongroom-File') ?? fileId;
  },
  onShouldRetry: (error) => {
    retries += 1;
    const status = error.originalResponse?.getStatus() ?? 0;
    // 401: a token of the server before it was started again, under another address in this test.
    return [0, 401, 409].includes(status) || status >= 500;
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => {
    console.log(JSON.stringify({ fileId, retries }));
    process.exit(0);
  },
});
upload.start();
