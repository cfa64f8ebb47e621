// A table of any length of which only the rows around what is seen are in the page.
import { useLayoutEffect, useState } from "react";
import type { ReactNode } from "react";
import { moveByArrows } from "./move_by_arrows";
import { useRowWindow } from "./use_row_window";

interface Props<Item> {
  label: string;
  /** The id of what says how it is gone through by keys. */
  describedBy: string;
  items: readonly Item[];
  total: number;
  /** The cells of the first row, which names the columns. */
  head: ReactNode;
  /** The cells of a row. Tab stops in one row only: where that is another, nothing in here is reached by it. */
  row: (item: Item, isTabStop: boolean) => ReactNode;
  rowClass: (item: Item) => string;
  /** Brings the focus to a row, where something else than a key has to. */
  goal: { id: string } | null;
  onNearEnd: () => void;
}

export function LongTable<Item extends { id: string }>({ label, describedBy, items, total, head, row, rowClass, goal, onNearEnd }: Props<Item>) {
  const { holder, first, end, style } = useRowWindow<HTMLDivElement>(items.length, onNearEnd);
  const [last, setLast] = useState<string | null>(null);
  const shown = items.slice(first, end);
  // A list of ten thousand rows is one stop for Tab: the row where somebody was, or else the first in sight.
  const stop = shown.some(({ id }) => id === last) ? last : shown[first > 0 ? shown.length >> 1 : 0]?.id;

  useLayoutEffect(() => {
    if (goal) holder.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(goal.id)}"] input`)?.focus();
  }, [goal, holder]);

  if (items.length === 0) return null;
  return (
    // The keys only bring the focus from row to row.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div className="long-table" role="table" aria-label={label} aria-describedby={describedBy} aria-rowcount={Math.max(total, items.length) + 1} onKeyDown={moveByArrows}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className="table-head">
          {head}
        </div>
      </div>
      <div ref={holder} role="rowgroup" style={style}>
        {shown.map((item, index) => (
          <div key={item.id} role="row" data-row={item.id} aria-rowindex={first + index + 2} className={`table-row ${rowClass(item)}`} onFocus={() => setLast(item.id)}>
            {row(item, item.id === stop)}
          </div>
        ))}
      </div>
    </div>
  );
}
