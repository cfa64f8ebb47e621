// One request to this server. Nothing here knows who is signed in.

/** The only address that operations go to, whatever a tool is told. */
const endpoint = new URL("graphql", document.baseURI);

/** Where subscriptions go. */
export const socketAddress = new URL(endpoint);
socketAddress.protocol = endpoint.protocol.replace("http", "ws");

/** Sends an operation, and answers what the server answers. `headers` may be anything that `Headers` takes. */
export async function post(operation, headers, signal) {
  const all = new Headers(headers);
  all.set("Accept", "application/graphql-response+json, application/json");
  // The session's cookie counts only beside a header that a plain form cannot send.
  all.set("GraphQL-Require-Preflight", "1");
  let body = operation;
  if (!(operation instanceof FormData)) {
    all.set("Content-Type", "application/json");
    body = JSON.stringify(operation);
  } else {
    // The browser sets it, with the boundary.
    all.delete("Content-Type");
  }
  const response = await fetch(endpoint, { method: "POST", headers: all, body, signal });
  try {
    return await response.json();
  } catch {
    throw new Error(`The server answered ${response.status} without JSON.`);
  }
}
