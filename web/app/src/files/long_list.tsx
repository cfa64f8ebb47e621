// A list of any length of which only the rows around what is seen are in the page.
import type { ReactNode } from "react";
import { moveByArrows } from "./move_by_arrows";
import { useRowWindow } from "./use_row_window";

interface Props<Item> {
  label: string;
  items: readonly Item[];
  total: number;
  /** What stands in a row; the list item around it is made here. */
  row: (item: Item) => ReactNode;
  /** Whether others are about to take the place of these. */
  isChanging?: boolean;
  /** Called when the end of what is there comes near. */
  onNearEnd: () => void;
}

export function LongList<Item extends { id: string }>({ label, items, total, row, isChanging = false, onNearEnd }: Props<Item>) {
  const { holder, first, end, style } = useRowWindow<HTMLOListElement>(items.length, onNearEnd);
  return (
    // The keys only bring the focus to what the rows hold, which is reached by Tab as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ol ref={holder} className="long-list" aria-label={label} aria-busy={isChanging} style={style} onKeyDown={moveByArrows}>
      {items.slice(first, end).map((item, index) => (
        <li key={item.id} data-row={item.id} aria-posinset={first + index + 1} aria-setsize={Math.max(total, items.length)}>
          {row(item)}
        </li>
      ))}
    </ol>
  );
}
