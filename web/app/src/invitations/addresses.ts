/** What stands in a list of addresses that somebody has written or pasted. */
export interface Addresses {
  /** Lower-cased, each once. */
  good: string[];
  /** What is none, as it was written. */
  bad: string[];
  /** Those of `good` that stand there more than once. */
  twice: string[];
}

const LOCAL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const LONGEST = 254;

/** By the rule of the server (domain/email.rs). */
export function isAddress(text: string): boolean {
  const [local = "", host = "", ...more] = text.toLowerCase().split("@");
  const isLocal = LOCAL.test(local) && !local.startsWith(".") && !local.endsWith(".") && !local.includes("..");
  return more.length === 0 && text.length <= LONGEST && isLocal && host.split(".").every((label) => LABEL.test(label));
}

/** Cuts at each of these outside of quotes and angle brackets. */
function cut(text: string, at: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let closing = "";
  for (const sign of text) {
    if (closing === "" && at.includes(sign)) {
      pieces.push(piece);
      piece = "";
      continue;
    }
    if (sign === closing) closing = "";
    else if (closing === "" && (sign === '"' || sign === "<")) closing = sign === "<" ? ">" : '"';
    piece += sign;
  }
  return [...pieces, piece].map((one) => one.trim()).filter((one) => one !== "");
}

/** `Ferris, Carl <carl@example.com>` is one, though nothing quotes the comma. */
function entriesOf(line: string): string[] {
  const entries: string[] = [];
  let name = "";
  for (const piece of cut(line, ",")) {
    if (piece.includes("@")) {
      entries.push(piece.includes("<") && name !== "" ? `${name}, ${piece}` : piece);
      if (!piece.includes("<") && name !== "") entries.splice(-1, 0, name);
      name = "";
    } else {
      if (name !== "") entries.push(name);
      name = piece;
    }
  }
  return name === "" ? entries : [...entries, name];
}

/** Reads addresses, one a line or parted by commas and semicolons, each alone or as `Name <address>`. */
export function readAddresses(text: string): Addresses {
  const counts = new Map<string, number>();
  const bad: string[] = [];
  // A quote or a bracket that is not closed ends with its line.
  for (const entry of text.split(/\r?\n/).flatMap((line) => cut(line, ";")).flatMap(entriesOf)) {
    const address = (/<([^<>]*)>$/.exec(entry)?.[1] ?? entry).trim().toLowerCase();
    if (isAddress(address)) counts.set(address, (counts.get(address) ?? 0) + 1);
    else bad.push(entry);
  }
  const good = [...counts.keys()];
  return { good, bad, twice: good.filter((address) => (counts.get(address) ?? 0) > 1) };
}
