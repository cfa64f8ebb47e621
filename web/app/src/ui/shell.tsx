// The frame of the pages of whoever is signed in.
import type { ReactNode } from "react";
import { Link, useRoute } from "wouter";
import { useTexts } from "../i18n/language";
import { usePerson, useSession } from "../session/session";
import { Button } from "./button";
import { usePageTitle } from "./use_page_title";
import { Wordmark } from "./wordmark";
import "../design/shell.css";

/** What each role finds in the menu. Another page is another line. */
const MENU = {
  ADMIN: ["people", "invitations", "audit", "mail", "storage", "settings"],
  OPS: ["files", "invitations", "settings"],
  CLIENT: ["files", "settings"],
} as const;

export function Shell({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const { common } = useTexts();
  const { signOut } = useSession();
  const person = usePerson();
  const heading = usePageTitle(title);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {common.skip}
      </a>
      <header className="bar">
        <Link href="/" className="home" aria-label={common.product}>
          <Wordmark />
        </Link>
        <nav aria-label={common.menu}>
          <ul>
            {MENU[person.role].map((page) => (
              <MenuItem key={page} href={`/${page}`}>
                {common[page]}
              </MenuItem>
            ))}
          </ul>
        </nav>
        <div className="who">
          <span className="who-name">{person.name}</span>
          <Button kind="quiet" onPress={() => void signOut()}>
            {common.signOut}
          </Button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <div className="title-line">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {aside}
        </div>
        {children}
      </main>
    </div>
  );
}

function MenuItem({ href, children }: { href: string; children: ReactNode }) {
  const [isHere] = useRoute(href);
  return (
    <li>
      <Link href={href} aria-current={isHere ? "page" : undefined}>
        {children}
      </Link>
    </li>
  );
}
