// A list of any length of which only the rows around what is seen are in the page. All rows are of one height, which CSS gives.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { windowOf } from "./window";
import type { Window } from "./window";

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

/** Rows before the end at which more is asked for. */
const AHEAD = 30;

export function LongList<Item extends { id: string }>({ label, items, total, row, isChanging = false, onNearEnd }: Props<Item>) {
  const list = useRef<HTMLOListElement>(null);
  const [rowHeight, setRowHeight] = useState(0);
  const [seen, setSeen] = useState<Window>({ first: 0, end: 40 });

  const look = useCallback(() => {
    const element = list.current;
    if (!element) return;
    const height = element.querySelector<HTMLElement>("li[aria-posinset]")?.offsetHeight ?? 0;
    setRowHeight(height);
    const next = windowOf(items.length, height, -element.getBoundingClientRect().top, window.innerHeight);
    setSeen((old) => (old.first === next.first && old.end === next.end ? old : next));
  }, [items.length]);

  useLayoutEffect(look, [look]);
  useEffect(() => {
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [look]);

  useEffect(() => {
    if (seen.end > items.length - AHEAD) onNearEnd();
  }, [seen.end, items.length, onNearEnd]);

  const end = Math.min(seen.end, items.length);
  const first = Math.min(seen.first, end);
  return (
    // The keys only bring the focus to what the rows hold, which is reached by Tab as well.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ol
      ref={list}
      className="long-list"
      aria-label={label}
      aria-busy={isChanging}
      // Set by script: the policy allows no style in the page itself.
      style={{ paddingTop: first * rowHeight, paddingBottom: (items.length - end) * rowHeight }}
      onKeyDown={moveByArrows}
    >
      {items.slice(first, end).map((item, index) => (
        <li key={item.id} aria-posinset={first + index + 1} aria-setsize={Math.max(total, items.length)}>
          {row(item)}
        </li>
      ))}
    </ol>
  );
}

/** Arrow up and down go to the same button of the row above and below. */
function moveByArrows(event: KeyboardEvent<HTMLOListElement>) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = (event.target as Element).closest("li");
  if (!step || !row || (event.target as Element).tagName === "INPUT") return;
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  const own = [...row.querySelectorAll("button")].indexOf(event.target as HTMLButtonElement);
  const buttons = other?.querySelectorAll("button");
  const goal = buttons?.[Math.min(Math.max(own, 0), buttons.length - 1)];
  if (!goal) return;
  event.preventDefault();
  goal.focus();
}
