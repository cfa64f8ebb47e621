import { useId } from "react";
import type { ReactNode } from "react";

/** A part of the settings, under its heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="section-body">{children}</div>
    </section>
  );
}
