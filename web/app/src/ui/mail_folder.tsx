import { useSettings } from "../api/settings";
import { useTexts } from "../i18n/language";

/** In which folder mail lies, where it goes to files: in a first try on this machine. Elsewhere nothing. */
export function MailFolder() {
  const { checkMail } = useTexts();
  const { mailFolder } = useSettings();
  if (mailFolder === null) return null;
  return (
    <>
      <p>{checkMail.folder}</p>
      <p>
        <code className="path">{mailFolder}</code>
      </p>
    </>
  );
}
