import { useEffect, useRef } from "react";
import type { RefObject } from "react";

let pagesShown = 0;

/** Names the page in the window's title, and brings the focus to its heading when somebody came here from another page. */
export function usePageTitle(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Strongroom`;
  }, [title]);
  useEffect(() => {
    pagesShown += 1;
    const isElsewhere = document.activeElement === null || document.activeElement === document.body;
    if (pagesShown > 1 && isElsewhere) heading.current?.focus();
  }, []);
  return heading;
}
