// Who is signed in on this page. The access token is kept in the memory of the page alone. Beside it the browser holds the
// session's cookie, which scripts cannot read: it outlives a reload and a token that has expired, and lets a download link
// open from here.
import { post } from "./http.js";

const LOGIN = "mutation($input: LoginInput!) { login(input: $input) { accessToken user { email role } } }";
const VIEWER = "{ viewer { email role } }";
const LOGOUT = "mutation { logout }";

let token = null;
let useUntil = 0;
let user = null;
/** Counts what has happened to the session, and the questions after it. */
let changes = 0;
const listeners = new Set();

/** The signed-in user, or null. */
export const currentUser = () => user;

/** What goes into the Authorization header; null where there is no token that is still good. */
export const authorization = () => (token && Date.now() < useUntil ? `Bearer ${token}` : null);

/** Calls `listener` whenever somebody else is signed in, or nobody any more. */
export const onChange = (listener) => listeners.add(listener);

/** Resolves at the next change. */
export const nextChange = () =>
  new Promise((resolve) => {
    const once = () => {
      listeners.delete(once);
      resolve();
    };
    listeners.add(once);
  });

function become(nextUser, nextToken) {
  changes += 1;
  const isSame = user?.email === nextUser?.email && user?.role === nextUser?.role;
  [user, token] = [nextUser, nextToken];
  useUntil = token ? Date.now() + lifetime(token) : 0;
  if (!isSame) for (const listener of [...listeners]) listener();
}

/** How long a token lasts, in milliseconds, by the server's clock alone; a little less, for the way. */
function lifetime(jwt) {
  const payload = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const { iat, exp } = JSON.parse(atob(payload));
  return (exp - iat - 10) * 1000;
}

/** Signs in; throws what the server says against it. */
export async function signIn(email, password, totpCode) {
  const answer = await post({ query: LOGIN, variables: { input: { email, password, totpCode: totpCode || null } } });
  if (answer.errors) {
    throw Object.assign(new Error(answer.errors[0].message), { code: answer.errors[0].extensions?.code });
  }
  become(answer.data.login.user, answer.data.login.accessToken);
}

/** Ends the session, and with it the token and the cookie. */
export async function signOut() {
  await post({ query: LOGOUT }, headersOfSession());
  become(null, null);
}

/** Asks the server who is signed in: by the token, where there is one, else by the cookie. */
export async function recognise() {
  const asked = (changes += 1);
  const answer = await post({ query: VIEWER }, headersOfSession());
  // An answer that comes behind a later sign-in is none.
  if (asked !== changes) return;
  const viewer = answer.data?.viewer ?? null;
  become(viewer, viewer ? token : null);
}

/** The headers that prove the session; none where the cookie has to. */
export function headersOfSession() {
  const value = authorization();
  return value ? { Authorization: value } : {};
}
