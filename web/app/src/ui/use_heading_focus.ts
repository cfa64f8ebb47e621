import { useEffect } from "react";

/** Brings the focus to the page's heading each time `turn` changes: where what had the focus is gone by what it did. */
export function useHeadingFocus(turn: number): void {
  useEffect(() => {
    if (turn > 0) document.querySelector<HTMLElement>("h1")?.focus();
  }, [turn]);
}
