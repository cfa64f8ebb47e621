import { Link } from "wouter";
import { useTexts } from "../i18n/language";
import { usePageTitle } from "../ui/use_page_title";

export default function NotFound() {
  const { notFound } = useTexts();
  const heading = usePageTitle(notFound.title);
  return (
    <main className="alone">
      <h1 ref={heading} tabIndex={-1}>
        {notFound.title}
      </h1>
      <p>{notFound.text}</p>
      <p>
        <Link href="/">{notFound.home}</Link>
      </p>
    </main>
  );
}
