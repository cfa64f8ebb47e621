// Signs in as a page does, subscribes in GraphiQL by the cookie, has a file shared, and prints what GraphiQL shows; and
// whether a page of another site gets a socket.
// usage: node subscription.mjs BASE_URL EMAIL PASSWORD OPS_TOKEN FILE_ID
import { inChromium } from "./chromium.mjs";

const [baseUrl, email, password, token, file] = process.argv.slice(2);
const elsewhere = baseUrl.replace("127.0.0.1", "localhost");
const SUBSCRIPTION = "subscription { fileShared { id } }";

/** Runs in the page. */
async function send([query, variables, headers]) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Runs in the page: how a socket ends, or that it opens. */
function open(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, "graphql-transport-ws");
    socket.onopen = () => resolve("open");
    socket.onclose = (event) => resolve(event.code);
  });
}

await inChromium(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  const login = "mutation($input: LoginInput!) { login(input: $input) { user { email } } }";
  await page.evaluate(send, [login, { input: { email, password } }, { "GraphQL-Require-Preflight": "1" }]);
  await page.waitForSelector(".graphiql-query-editor .CodeMirror");
  // Whatever goes over sockets of the page, from the first frame on.
  const frames = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", (frame) => frames.push(frame.payload));
    socket.on("framereceived", (frame) => frames.push(frame.payload));
  });
  const seen = async (what, tries) => {
    for (let left = tries; left > 0 && !frames.some((frame) => frame.includes(what)); left--) await page.waitForTimeout(20);
    return frames.some((frame) => frame.includes(what));
  };
  await page.evaluate((query) => {
    document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.setValue(query);
  }, SUBSCRIPTION);
  // GraphiQL takes a moment to find out that this is a subscription.
  await page.waitForFunction(() => {
    const editor = document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror;
    return editor.documentAST?.definitions[0].operation === "subscription";
  });
  await page.click(".graphiql-execute-button");
  if (!(await seen('"subscribe"', 1000))) throw new Error(`nothing is subscribed to: ${frames}`);
  // Until one is told: the first may have been made before the subscription was running.
  const share = "mutation($input: ShareInput!) { share(input: $input) { shares { id } } }";
  const revoke = "mutation($id: ID!) { revokeShare(id: $id) }";
  const asOps = { authorization: `Bearer ${token}` };
  const shared = [];
  for (let tries = 5; !(await seen('"next"', 0)); tries *= 2) {
    if (shared.length > 8) throw new Error(`nothing is told: ${frames}`);
    const made = await page.evaluate(send, [share, { input: { fileId: file, recipients: [email] } }, asOps]);
    shared.push(made.data.share.shares[0].id);
    if (await seen('"next"', tries)) break;
    await page.evaluate(send, [revoke, { id: shared.at(-1) }, asOps]);
  }
  await page.waitForFunction(() => document.querySelector(".result-window").innerText.includes("share_"));
  const shown = await page.evaluate(() => document.querySelector(".result-window .CodeMirror").CodeMirror.getValue());
  const url = `${baseUrl.replace("http", "ws")}/graphql`;
  const own = await page.evaluate(open, url);
  // A page of another site, which nothing of ours tells what it may do.
  const other = await browser.newPage();
  await other.route(`${elsewhere}/page`, (route) => route.fulfill({ contentType: "text/html", body: "<p>Hello" }));
  await other.goto(`${elsewhere}/page`);
  const foreign = await other.evaluate(open, url);
  return { isTold: shown.includes(shared.at(-1)) && shown.includes("eventId"), own, foreign };
});
