import { useTexts } from "../i18n/language";

/** Nothing at first: what comes within a moment needs no word. */
export function Waiting() {
  const { common } = useTexts();
  return <p className="waiting" role="status">{common.loading}</p>;
}
