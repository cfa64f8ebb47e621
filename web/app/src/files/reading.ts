// Pages of a list, and what becomes of several.
import type { Problem } from "../api/problem";

/** One page, as the API's connections have it. */
export interface Slice<Item> {
  items: Item[];
  total: number;
  next: string | null;
}

export type Answer<Item> = { slice: Slice<Item> } | { problem: Problem };

/** As many rows are read once more at most, where the list is read again while somebody is far down in it. */
export const KEPT = 1000;

export type Read<Item> = (after: string | null) => Promise<Answer<Item>>;

/** Reads a page, and more of them until there are `atLeast` items or `isStale`. */
export async function readUntil<Item extends { id: string }>(read: Read<Item>, after: string | null, atLeast: number, isStale: () => boolean): Promise<Answer<Item>> {
  const answer = await read(after);
  if ("problem" in answer || answer.slice.next === null || answer.slice.items.length >= atLeast || isStale()) return answer;
  const rest = await readUntil(read, answer.slice.next, atLeast - answer.slice.items.length, isStale);
  return "problem" in rest ? rest : { slice: { ...rest.slice, items: joined(answer.slice.items, rest.slice.items) } };
}

/** Both, and what has moved from one page to the next only once. */
export function joined<Item extends { id: string }>(items: readonly Item[], more: readonly Item[]): Item[] {
  const known = new Set(items.map((item) => item.id));
  return [...items, ...more.filter((item) => !known.has(item.id))];
}
