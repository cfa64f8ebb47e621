/** Which rows of a list are chosen. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins. */
  readonly anchor: string | null;
}

interface Item {
  readonly id: string;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null };

export const everything = (items: readonly Item[]): Selection => ({ ids: new Set(items.map(({ id }) => id)), anchor: null });

/** After a row was clicked or pressed: chosen or not any more, or with Shift, chosen with all from the row before on. */
export function pick({ ids, anchor }: Selection, items: readonly Item[], id: string, isRange: boolean): Selection {
  const chosen = new Set(ids);
  const from = isRange ? items.findIndex((item) => item.id === anchor) : -1;
  const to = items.findIndex((item) => item.id === id);
  if (from >= 0 && to >= 0) {
    for (const item of items.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(item.id);
    return { ids: chosen, anchor };
  }
  if (!chosen.delete(id)) chosen.add(id);
  return { ids: chosen, anchor: id };
}

/** What of it is there: nothing happens to rows that nobody sees in the list any more. */
export const within = <Of extends Item>({ ids }: Selection, items: readonly Of[]): Of[] => (ids.size === 0 ? [] : items.filter(({ id }) => ids.has(id)));

/** The row that takes the place of those that go: the next one that stays or, at the end, the one before. */
export function successor(items: readonly Item[], gone: ReadonlySet<string>): string | null {
  const first = items.findIndex(({ id }) => gone.has(id));
  if (first < 0) return null;
  const stays = ({ id }: Item) => !gone.has(id);
  return (items.slice(first).find(stays) ?? items.slice(0, first).findLast(stays))?.id ?? null;
}
