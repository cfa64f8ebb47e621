// How both tools reach the server. An Authorization header of the tool's own header editor goes before the session of the page.
import { post, socketAddress } from "./http.js";
import { attachedFiles, detachAll } from "./attachments.js";
import { readOperation } from "./operation.js";
import { authorization, currentUser, nextChange, recognise } from "./session.js";

/** The headers of a tool, with those of the page's session where the tool's name nobody. */
function signed(headers) {
  const all = new Headers(headers ?? {});
  const own = authorization();
  if (own && !all.has("Authorization")) all.set("Authorization", own);
  return all;
}

/** Sends a query or a mutation; one that takes files takes those that are attached. */
export async function send(params, headers, signal) {
  const { uploads } = readOperation(params.query, params.operationName);
  const body = uploads.length > 0 ? multipart(params, uploads) : params;
  if (!body) return { errors: [{ message: `Too few files are attached: $${uploads.map(([name]) => name).join(", $")} stands for files. Use the button above.` }] };
  const answer = await post(body, signed(headers), signal);
  if (uploads.length > 0 && !answer.errors) detachAll();
  // Somebody else may be signed in now.
  if (/\b(log(in|out)|verifyEmail|changePassword|confirmEmailChange)\b/.test(params.query)) await recognise();
  return answer;
}

/**
 * Asks for the schema, on a tool's own account. To whom the server shows it depends on its settings: where it refuses, it is
 * asked again once somebody has signed in.
 */
export async function introspect(params, headers) {
  for (;;) {
    const before = currentUser();
    const answer = await post(params, signed(headers));
    if (answer.data?.__schema || new Headers(headers ?? {}).has("Authorization")) return answer;
    // The session may have ended while the question was on its way.
    if (before) await recognise();
    if (currentUser() && before) return answer;
    if (currentUser()) continue;
    document.dispatchEvent(new Event("schema-refused"));
    await nextChange();
  }
}

/** A GraphQL multipart request: one file for each variable, a list takes all the rest; null where too few are attached. */
function multipart(params, uploads) {
  const files = [...attachedFiles()];
  const variables = { ...params.variables };
  const parts = [];
  for (const [name, isList] of uploads) {
    if (files.length === 0) return null;
    const taken = isList ? files.splice(0) : files.splice(0, 1);
    variables[name] = isList ? taken.map(() => null) : null;
    taken.forEach((file, index) => parts.push([isList ? `variables.${name}.${index}` : `variables.${name}`, file]));
  }
  const body = new FormData();
  body.append("operations", JSON.stringify({ ...params, variables }));
  body.append("map", JSON.stringify(Object.fromEntries(parts.map(([path], index) => [index, [path]]))));
  parts.forEach(([, file], index) => body.append(String(index), file, file.name));
  return body;
}

/** Runs a subscription; `sink` is an observer. Answers what ends it. */
export function subscribe(params, headers, sink) {
  const value = signed(headers).get("Authorization");
  const client = graphqlWs.createClient({
    url: socketAddress.href,
    // Without it the cookie proves the session.
    connectionParams: value ? { authorization: value } : {},
    retryAttempts: 3,
  });
  const end = client.subscribe(params, {
    next: (result) => sink.next(result),
    complete: () => sink.complete?.(),
    error: (cause) => {
      sink.next({ errors: errorsOf(cause) });
      sink.complete?.();
    },
  });
  return () => {
    end();
    client.dispose();
  };
}

/** What ended a subscription, as errors of GraphQL. A socket that closes says why in an event. */
function errorsOf(cause) {
  if (Array.isArray(cause)) return cause;
  if (cause instanceof Error) return [{ message: cause.message }];
  const why = [cause?.code, cause?.reason].filter(Boolean).join(" ");
  return [{ message: `The connection for subscriptions is gone${why ? `: ${why}` : ""}.` }];
}
