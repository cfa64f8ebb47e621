// What an operation is, read from its text: a tool's own parse of it may lag behind what was typed last.

/**
 * `{ kind, uploads }` of the operation of this name, or of the first: query, mutation or subscription, and `[name, is a list]`
 * of each variable that is a file.
 */
export function readOperation(text, operationName) {
  const found = [...outermost(text).matchAll(/\b(query|mutation|subscription)\b\s*(\w*)\s*(?:\(([^)]*)\))?/g)];
  const [, kind = "query", , variables = ""] = found.find(([, , name]) => name && name === operationName) ?? found[0] ?? [];
  const uploads = [...variables.matchAll(/\$(\w+)\s*:\s*(\[?)[\s[]*Upload\b/g)];
  return { kind, uploads: uploads.map(([, name, list]) => [name, list !== ""]) };
}

/** The text without comments, strings, and whatever stands in braces. */
function outermost(text) {
  let depth = 0;
  let left = "";
  for (const [token] of text.matchAll(/"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#.*|[^]/g)) {
    if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
    else if (depth === 0) left += token.length > 1 ? " " : token;
  }
  return left;
}
