import type { CombinedError } from "urql";
import { problemOf } from "../api/problem";
import type { Problem } from "../api/problem";

const AT_ONCE = 4;

/** How it went with each of many. */
export interface Outcome<Item> {
  done: Item[];
  failed: { item: Item; problem: Problem }[];
}

/** Does the same to each of many, some at a time. One that fails does not stop the others. */
export async function forEach<Item>(items: readonly Item[], act: (item: Item) => Promise<{ error?: CombinedError | undefined }>): Promise<Outcome<Item>> {
  const outcome: Outcome<Item> = { done: [], failed: [] };
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const { error } = await act(item);
      if (error) outcome.failed.push({ item, problem: problemOf(error) });
      else outcome.done.push(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}
