// A long list, read page by page as far as somebody goes.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Problem } from "../api/problem";

/** One page, as the API's connections have it. */
export interface Slice<Item> {
  items: Item[];
  total: number;
  next: string | null;
}

export type Answer<Item> = { slice: Slice<Item> } | { problem: Problem };

interface Listing<Item> {
  items: readonly Item[];
  total: number;
  next: string | null;
  isBusy: boolean;
  problem: Problem | null;
  /** Whether the first page has come. */
  isThere: boolean;
}

export interface Pages<Item> extends Listing<Item> {
  /** Reads the next page, where there is one. */
  more: () => void;
  /** Reads from the beginning; what is shown stays until that has come. */
  again: () => void;
  /** Puts something new at the beginning, or in the place of what has its id. */
  put: (item: Item) => void;
  /** Takes away what is there no more. */
  drop: (id: string) => void;
}

/** Reads with `read`, from the beginning whenever that changes. An item has an `id`. */
export function usePages<Item extends { id: string }>(read: (after: string | null) => Promise<Answer<Item>>): Pages<Item> {
  const [listing, setListing] = useState<Listing<Item>>({ items: [], total: 0, next: null, isBusy: true, problem: null, isThere: false });
  // What was asked for before the last beginning is not wanted any more.
  const turn = useRef(0);
  const isReading = useRef(false);

  const load = useCallback(
    async (after: string | null) => {
      if (after === null) turn.current += 1;
      else if (isReading.current) return;
      const mine = turn.current;
      isReading.current = true;
      setListing((old) => ({ ...old, isBusy: true, problem: null }));
      const answer = await read(after);
      if (mine !== turn.current) return;
      isReading.current = false;
      setListing((old) => {
        if ("problem" in answer) return { ...old, isBusy: false, problem: answer.problem, isThere: true };
        const { items, total, next } = answer.slice;
        const known = new Set(after === null ? [] : old.items.map((item) => item.id));
        const all = after === null ? items : [...old.items, ...items.filter((item) => !known.has(item.id))];
        return { items: all, total, next, isBusy: false, problem: null, isThere: true };
      });
    },
    [read],
  );

  const again = useCallback(() => void load(null), [load]);
  useEffect(again, [again]);

  const { next } = listing;
  const more = useCallback(() => {
    if (next !== null) void load(next);
  }, [load, next]);

  const put = useCallback((item: Item) => {
    setListing((old) => {
      const isKnown = old.items.some((known) => known.id === item.id);
      const items = isKnown ? old.items.map((known) => (known.id === item.id ? item : known)) : [item, ...old.items];
      return { ...old, items, total: isKnown ? old.total : old.total + 1 };
    });
  }, []);

  const drop = useCallback((id: string) => {
    setListing((old) => {
      const items = old.items.filter((item) => item.id !== id);
      return { ...old, items, total: old.total - (old.items.length - items.length) };
    });
  }, []);

  return { ...listing, more, again, put, drop };
}
