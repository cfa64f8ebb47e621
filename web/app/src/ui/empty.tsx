import type { ReactNode } from "react";

/** A list that has nothing in it: an open drawer, and what will be there. */
export function Empty({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <section className="empty">
      <svg viewBox="0 0 120 80" width="120" height="80" fill="none" stroke="currentColor" strokeWidth="1.25" aria-hidden="true">
        <path d="M14 30h92v38H14zM22 30V12h76v18M30 12V4h60v8" />
        <path d="M14 42h92" opacity="0.5" />
        <circle cx="60" cy="55" r="6" />
        <path d="M60 53v5" />
      </svg>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </section>
  );
}
