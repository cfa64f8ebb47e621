import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Pages } from "./use_pages";

export interface Hiding<Item> extends Pages<Item> {
  /** Takes some out, as when they were deleted. */
  hide: (ids: readonly string[]) => void;
  /** Brings them back to their places. */
  unhide: (ids: readonly string[]) => void;
}

/** Pages out of which something can be taken, and put back, without reading all of it anew. */
export function useHiding<Item extends { id: string }, Of extends Pages<Item>>(pages: Of & Pages<Item>): Of & Hiding<Item> {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => pages.items.filter((item) => !hidden.has(item.id)), [pages.items, hidden]);
  const total = pages.total - (pages.items.length - items.length);

  // Whoever brings something back may have waited for long.
  const latest = useRef(pages);
  useEffect(() => {
    latest.current = pages;
  });

  const hide = useCallback((ids: readonly string[]) => setHidden((old) => new Set([...old, ...ids])), []);
  const unhide = useCallback((ids: readonly string[]) => {
    setHidden((old) => new Set([...old].filter((id) => !ids.includes(id))));
    const known = new Set(latest.current.items.map(({ id }) => id));
    // It was read anew meanwhile, and they were not among it.
    if (ids.some((id) => !known.has(id))) latest.current.again();
  }, []);

  return { ...pages, items, total, hide, unhide };
}
