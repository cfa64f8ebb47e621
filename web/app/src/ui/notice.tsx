import type { ReactNode } from "react";

/** Something that has to be known: said aloud as soon as it is there. */
export function Notice({ kind, children }: { kind: "problem" | "done" | "hint"; children: ReactNode }) {
  return (
    <div className={`notice ${kind}`} role={kind === "problem" ? "alert" : "status"} tabIndex={-1}>
      {children}
    </div>
  );
}
