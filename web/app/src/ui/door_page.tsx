// The frame of what is seen from outside: the vault's door on one side, a sheet of paper on the other.
import type { ReactNode } from "react";
import { useTexts } from "../i18n/language";
import { LanguageSwitch } from "./language_switch";
import { Rosette } from "./rosette";
import { usePageTitle } from "./use_page_title";
import { Wordmark } from "./wordmark";
import "../design/door.css";

export function DoorPage({ title, children }: { title: string; children: ReactNode }) {
  const { motto } = useTexts();
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
        </div>
        <LanguageSwitch />
      </main>
    </div>
  );
}
