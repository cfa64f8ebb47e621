import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/** A heading that takes the focus when, with a change of `shown`, what had it is gone. */
export function useFocusKept(shown: string | number): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost) heading.current?.focus({ preventScroll: true });
  }, [shown]);
  return heading;
}
