import { useCallback, useMemo, useState } from "react";
import { NOTHING, everything, pick, within } from "./selection";

export interface Chosen<Item> {
  items: readonly Item[];
  has: (id: string) => boolean;
  isAll: boolean;
  toggle: (id: string, isRange: boolean) => void;
  /** All that are loaded, or none where all are chosen already. */
  toggleAll: () => void;
  clear: () => void;
}

/** Which rows of a list are chosen; of those that are not in it any more, none. */
export function useSelection<Item extends { id: string }>(items: readonly Item[]): Chosen<Item> {
  const [selection, setSelection] = useState(NOTHING);
  const chosen = useMemo(() => within(selection, items), [selection, items]);
  const isAll = items.length > 0 && chosen.length === items.length;
  return {
    items: chosen,
    has: (id) => selection.ids.has(id),
    isAll,
    toggle: useCallback((id, isRange) => setSelection((old) => pick(old, items, id, isRange)), [items]),
    toggleAll: () => setSelection(isAll ? NOTHING : everything(items)),
    clear: useCallback(() => setSelection(NOTHING), []),
  };
}
