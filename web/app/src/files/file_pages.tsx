import { Link, useRoute } from "wouter";
import { useTexts } from "../i18n/language";

/** The way between what is there and what was deleted. */
export function FilePages() {
  const { own, trash } = useTexts();
  return (
    <nav className="file-pages" aria-label={own.pages}>
      <PageLink href="/files">{own.title}</PageLink>
      <PageLink href="/trash">{trash.title}</PageLink>
    </nav>
  );
}

function PageLink({ href, children }: { href: string; children: string }) {
  const [isHere] = useRoute(href);
  return (
    <Link href={href} aria-current={isHere ? "page" : undefined}>
      {children}
    </Link>
  );
}
