// Makes a passkey in a page, signs out, and signs in with it; prints what came of it.
// usage: node passkey.mjs BASE_URL EMAIL PASSWORD
import { inChromium } from "./chromium.mjs";

const [baseUrl, email, password] = process.argv.slice(2);
// To a browser, another site than localhost.
const elsewhere = baseUrl.replace("localhost", "127.0.0.1");

/** Runs in the page. */
async function send([query, variables]) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", "GraphQL-Require-Preflight": "1" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** Runs in the page: answers the credential as JSON, or the name of what the browser says instead. */
async function ask([kind, options]) {
  try {
    const parsed = JSON.parse(options);
    const credential =
      kind === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(parsed) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(parsed) });
    return JSON.stringify(credential.toJSON());
  } catch (problem) {
    return problem.name;
  }
}

const LOGIN = "mutation($input: LoginInput!) { login(input: $input) { user { email } } }";
const BEGIN = "mutation($p: String!) { beginPasskeyRegistration(password: $p) { options state } }";
const ADD = "mutation($s: String!, $c: String!, $n: String!) { addPasskey(state: $s, credential: $c, name: $n) { name } }";
const BEGIN_LOGIN = "mutation { beginPasskeyLogin { options state } }";
const LOGIN_WITH = "mutation($s: String!, $c: String!) { loginWithPasskey(state: $s, credential: $c) { user { email } } }";
const VIEWER = "{ viewer { email } }";

await inChromium(async (browser) => {
  const page = await browser.newPage();
  await page.goto(`${baseUrl}/graphiql`);
  const devtools = await browser.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  const operation = async (query, variables = {}) => (await page.evaluate(send, [query, variables])).data;

  await operation(LOGIN, { input: { email, password } });
  const question = (await operation(BEGIN, { p: password })).beginPasskeyRegistration;
  const made = await page.evaluate(ask, ["create", question.options]);
  const added = (await operation(ADD, { s: question.state, c: made, n: "Chromium" })).addPasskey.name;
  // The browser knows that it has one.
  const second = (await operation(BEGIN, { p: password })).beginPasskeyRegistration;
  const again = await page.evaluate(ask, ["create", second.options]);

  await operation("mutation { logout }");
  const anonymous = (await operation(VIEWER)).viewer;
  const login = (await operation(BEGIN_LOGIN)).beginPasskeyLogin;
  const answer = await page.evaluate(ask, ["get", login.options]);
  await operation(LOGIN_WITH, { s: login.state, c: answer });
  const viewer = (await operation(VIEWER)).viewer.email;

  // Nobody whom the authenticator does not know, and no page elsewhere.
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  const unverified = await page.evaluate(ask, ["get", (await operation(BEGIN_LOGIN)).beginPasskeyLogin.options]);
  const other = await browser.newPage();
  await other.goto(`${elsewhere}/graphiql`);
  const fromElsewhere = await other.evaluate(ask, ["get", login.options]);
  return { added, again, anonymous, viewer, unverified, elsewhere: fromElsewhere };
});
