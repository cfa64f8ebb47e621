import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { windowOf } from "./window";
import type { Window } from "./window";

/** Rows before the end at which more is asked for. */
const AHEAD = 30;

export interface RowWindow<Of extends HTMLElement> extends Window {
  /** What holds the rows, and nothing else; each row has `data-row`. */
  holder: RefObject<Of | null>;
  /** What stands for the rows above and below. Set by script: the policy allows no style in the page itself. */
  style: { paddingTop: number; paddingBottom: number };
}

/** Which of so many rows have to be in the page. All are of one height, which CSS gives. Calls `onNearEnd` when their end comes near. */
export function useRowWindow<Of extends HTMLElement>(count: number, onNearEnd: () => void): RowWindow<Of> {
  const holder = useRef<Of>(null);
  const [rowHeight, setRowHeight] = useState(0);
  const [seen, setSeen] = useState<Window>({ first: 0, end: 40 });

  const look = useCallback(() => {
    const element = holder.current;
    if (!element) return;
    const height = element.querySelector<HTMLElement>("[data-row]")?.offsetHeight ?? 0;
    setRowHeight(height);
    const next = windowOf(count, height, -element.getBoundingClientRect().top, window.innerHeight);
    setSeen((old) => (old.first === next.first && old.end === next.end ? old : next));
  }, [count]);

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
    if (seen.end > count - AHEAD) onNearEnd();
  }, [seen.end, count, onNearEnd]);

  const end = Math.min(seen.end, count);
  const first = Math.min(seen.first, end);
  return { holder, first, end, style: { paddingTop: first * rowHeight, paddingBottom: (count - end) * rowHeight } };
}
