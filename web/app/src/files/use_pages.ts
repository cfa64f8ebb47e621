// A long list, read page by page as far as somebody goes.
import { useCallback, useEffect, useRef, useState } from "react";
import { whenOnline } from "../api/line";
import type { Problem } from "../api/problem";
import { KEPT, joined, readUntil } from "./reading";
import type { Read } from "./reading";

interface Listing<Item> {
  items: readonly Item[];
  total: number;
  next: string | null;
  isBusy: boolean;
  /** Whether what comes takes the place of what is shown. */
  isAnew: boolean;
  problem: Problem | null;
  /** Whether the first page has come. */
  isThere: boolean;
}

export interface Pages<Item> extends Listing<Item> {
  /** Reads the next page, where there is one. */
  more: () => void;
  /** Reads from the beginning, as far as somebody had gone; what is shown stays until that has come. */
  again: () => void;
  /** Asks once more for what did not come. */
  retry: () => void;
  /** Puts something new at the beginning, or in the place of what has its id. */
  put: (item: Item) => void;
  /** Takes away what is there no more. */
  drop: (id: string) => void;
}

/** Reads with `read`, from the beginning whenever that changes. An item has an `id`. */
export function usePages<Item extends { id: string }>(read: Read<Item>): Pages<Item> {
  const [listing, setListing] = useState<Listing<Item>>({ items: [], total: 0, next: null, isBusy: true, isAnew: true, problem: null, isThere: false });
  // What was asked for before the last beginning is not wanted any more.
  const turn = useRef(0);
  const isReading = useRef(false);
  const askedFor = useRef<string | null>(null);
  const count = useRef(0);

  const load = useCallback(
    async (after: string | null, atLeast = 0) => {
      if (after === null) turn.current += 1;
      else if (isReading.current) return;
      const mine = turn.current;
      isReading.current = true;
      askedFor.current = after;
      setListing((old) => ({ ...old, isBusy: true, isAnew: after === null, problem: null }));
      const answer = await readUntil(read, after, Math.min(atLeast, KEPT), () => mine !== turn.current);
      if (mine !== turn.current) return;
      isReading.current = false;
      setListing((old) => {
        const rest = { isBusy: false, isAnew: false, isThere: true };
        // What was to begin anew does not go on where it was.
        if ("problem" in answer) return { ...old, ...rest, problem: answer.problem, next: after === null ? null : old.next };
        const { items, total, next } = answer.slice;
        return { ...rest, items: after === null ? items : joined(old.items, items), total, next, problem: null };
      });
    },
    [read],
  );

  useEffect(() => {
    count.current = listing.items.length;
  }, [listing.items]);
  const again = useCallback(() => void load(null, count.current), [load]);
  useEffect(() => void load(null), [load]);

  const retry = useCallback(() => void load(askedFor.current), [load]);
  const isOffline = listing.problem?.code === "OFFLINE";
  useEffect(() => (isOffline ? whenOnline(retry) : undefined), [isOffline, retry]);

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

  return { ...listing, more, again, retry, put, drop };
}
