import { useId } from "react";
import type { ReactNode, Ref } from "react";

interface Props {
  title: string;
  /** Takes the focus where what had it is gone. */
  heading?: Ref<HTMLHeadingElement>;
  children: ReactNode;
}

/** A part of the settings, under its heading. */
export function Section({ title, heading, children }: Props) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <div className="section-body">{children}</div>
    </section>
  );
}
