// The frame of what is seen from outside: the vault's door on one side, a sheet of paper on the other.
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useTexts } from "../i18n/language";
import { LanguageSwitch } from "./language_switch";
import { Rosette } from "./rosette";
import { usePageTitle } from "./use_page_title";
import { Wordmark } from "./wordmark";
import "../design/door.css";

interface Props {
  title: string;
  /** The way to somewhere else; to the sign-in, where nothing is said. */
  beside?: ReactNode;
  children: ReactNode;
}

export function DoorPage({ title, beside, children }: Props) {
  const { motto, common } = useTexts();
  const heading = usePageTitle(title);
  return (
    <div className="door-page">
      <aside className="vault">
        <Rosette />
        <Wordmark />
        <p className="motto">{motto.line}</p>
        <p className="motto-text">{motto.text}</p>
      </aside>
      <main className="sheet" id="content">
        <div className="sheet-inner">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {children}
          <p className="beside">{beside ?? <Link href="/login">{common.back}</Link>}</p>
        </div>
        <LanguageSwitch />
      </main>
    </div>
  );
}
