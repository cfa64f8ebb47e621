import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

interface Props {
  kind: "problem" | "done" | "hint";
  /** It has taken the place of what had the focus. */
  takesFocus?: boolean;
  children: ReactNode;
}

/** Something that has to be known: said aloud as soon as it is there. */
export function Notice({ kind, takesFocus = false, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) box.current?.focus();
  }, [takesFocus]);
  return (
    <div ref={box} className={`notice ${kind}`} role={kind === "problem" ? "alert" : "status"} tabIndex={-1}>
      {children}
    </div>
  );
}
