import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { useToast } from "../ui/toasts";

/** The codes, which are shown once. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { settings, common } = useTexts();
  const say = useToast();
  const copy = () => {
    navigator.clipboard.writeText(codes.join("\n")).then(() => say(common.copied), () => undefined);
  };
  return (
    <>
      <Notice kind="done" takesFocus>
        <h3>{settings.codesTitle}</h3>
        <p>{settings.codesText}</p>
      </Notice>
      <ol className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="actions">
        <Button kind="primary" onPress={onKept}>
          {settings.codesKept}
        </Button>
        {/* Browsers lend the clipboard to secure contexts only. */}
        {isSecureContext && <Button onPress={copy}>{common.copy}</Button>}
      </div>
    </>
  );
}
