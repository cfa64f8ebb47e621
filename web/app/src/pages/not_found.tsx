import { Link } from "wouter";
import { useTexts } from "../i18n/language";
import { DoorPage } from "../ui/door_page";

export default function NotFound() {
  const { notFound } = useTexts();
  return (
    <DoorPage title={notFound.title} beside={<Link href="/">{notFound.home}</Link>}>
      <p>{notFound.text}</p>
    </DoorPage>
  );
}
