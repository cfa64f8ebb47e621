// The main job, by whatever client is given: two people sign up, confirm their addresses and log in; one uploads three files
// and shares them, the other lists them page by page and downloads them; where the client can, both listen meanwhile.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openAsBlob, readFileSync } from "node:fs";
import { uploadByCurl } from "./curl.js";
import { mailedToken } from "./mail.js";
import * as operations from "./operations.js";

const { STRONGROOM_URL, STRONGROOM_INVITATION, STRONGROOM_DOCUMENT } = process.env;
/** Whether the server has subscriptions. Set in tests/it/clients.rs. */
export const withSubscriptions = process.env.STRONGROOM_SUBSCRIPTIONS === "1";
export const graphqlUrl = `${STRONGROOM_URL}/graphql`;
export const socketUrl = graphqlUrl.replace("http", "ws");
/** For a client that subscribes. */
export const socketParams = (token) => ({ authorization: `Bearer ${token}` });

const PASSWORD = "a-quiet-library-on-monday";
/** In the order of the list by name. */
const NAMES = ["annual report.docx", "budget.docx", "Übersicht – 概要.docx"];

/**
 * Plays it. `connect(token)` answers a client for one person, `token` being null for nobody:
 * - `run(document, variables)` resolves to the data, or throws;
 * - `codeOf(error)` is the code of the first error that it threw;
 * - `subscribe(document, onData)`, where it can; answers what ends it;
 * - `canUpload`: whether `run` takes files in variables;
 * - `close()`.
 */
export async function play(name, connect) {
  const watch = setTimeout(() => {
    console.error(`${name} hangs; so far: ${done.join(", ")}`);
    process.exit(1);
  }, 90_000);
  const done = [];
  const ops = await become(connect, `${name}-ops@example.com`, "OPS");
  const client = await become(connect, `${name}-client@example.com`, "CLIENT");
  done.push("2 signed up and logged in");

  const listens = withSubscriptions && client.subscribe !== undefined;
  const shared = listens ? listen(client, operations.FILE_SHARED) : null;
  const downloaded = listens ? listen(ops, operations.FILE_DOWNLOADED) : null;
  if (listens) await Promise.all([shared, downloaded].map(({ connected, first }) => Promise.race([connected, first])));

  const files = ops.canUpload ? await upload(ops) : NAMES.map((fileName) => uploadByCurl(ops.token, fileName));
  assert.equal(files.length, 3);
  for (const file of files) {
    assert.equal(file.sha256, sha256(readFileSync(STRONGROOM_DOCUMENT)), "what arrived is what was sent");
    await ops.run(operations.SHARE, { input: { fileId: file.id, recipients: [client.email] } });
  }
  done.push(ops.canUpload ? "3 uploaded" : "3 uploaded by curl, since it sends no files");

  const listed = await pages(client);
  assert.deepEqual(listed.map((file) => file.name), NAMES);
  done.push("3 listed in 2 pages");

  if (listens) {
    const ids = files.map((file) => file.id);
    assert.ok(ids.includes((await shared.first).fileShared.file.id));
  }
  await download(client, listed[0]);
  done.push("1 downloaded");
  if (listens) {
    const { fileDownloaded } = await downloaded.first;
    assert.equal(fileDownloaded.recipient.email, client.email);
    assert.equal(fileDownloaded.share.file.id, listed[0].id);
    done.push("2 events heard");
    shared.end();
    downloaded.end();
  }
  await Promise.all([ops.close(), client.close()]);
  clearTimeout(watch);
  console.log(`${name}: ${done.join(", ")}`);
}

/** Signs up, reads the mail, confirms, and logs in. */
async function become(connect, email, role) {
  const nobody = await connect(null);
  const invitation = role === "OPS" ? STRONGROOM_INVITATION : undefined;
  const input = { email, name: email.split("@")[0], password: PASSWORD, role, invitation };
  const { signup } = await nobody.run(operations.SIGN_UP, { input });
  assert.equal(signup.verificationRequired, true);
  const { verifyEmail } = await nobody.run(operations.VERIFY, { token: await mailedToken(email), password: PASSWORD });
  assert.equal(verifyEmail.user.role, role);
  const wrong = nobody.run(operations.LOGIN, { input: { email, password: "not-the-one-of-monday" } });
  assert.equal(nobody.codeOf(await wrong.catch((error) => error)), "INVALID_CREDENTIALS");
  const { login } = await nobody.run(operations.LOGIN, { input: { email, password: PASSWORD } });
  await nobody.close();
  return Object.assign(await connect(login.accessToken), { email, token: login.accessToken });
}

/** One file alone and two in one request. The content is read from the disk as it is sent. */
async function upload(ops) {
  const blob = await openAsBlob(STRONGROOM_DOCUMENT);
  const [first, ...rest] = NAMES.map((name) => new File([blob], name));
  const one = await ops.run(operations.UPLOAD, { file: first });
  const two = await ops.run(operations.UPLOAD_MANY, { files: rest });
  return [one.upload.file, ...two.uploadMany.files];
}

async function pages(client) {
  const { files: first } = await client.run(operations.FILES, { first: 2 });
  assert.deepEqual([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage], [3, 2, true]);
  const { files: second } = await client.run(operations.FILES, { first: 2, after: first.pageInfo.endCursor });
  assert.deepEqual([second.nodes.length, second.pageInfo.hasNextPage], [1, false]);
  return [...first.nodes, ...second.nodes];
}

/** The link answers by plain HTTP, to the one who asked for it. */
async function download(client, file) {
  const { createDownloadLink } = await client.run(operations.LINK, { id: file.id });
  const answer = await fetch(createDownloadLink.url, { headers: { authorization: `Bearer ${client.token}` } });
  assert.equal(answer.status, 200);
  assert.equal(sha256(Buffer.from(await answer.arrayBuffer())), file.sha256);
}

function listen(person, document) {
  let end;
  const first = new Promise((resolve, reject) => {
    end = person.subscribe(document, resolve, reject);
  });
  // Whoever waits for it hears of it; until then it is no unhandled rejection.
  first.catch(() => {});
  return { first, end, connected: person.connected };
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
