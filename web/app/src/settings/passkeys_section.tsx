import { useState } from "react";
import { useQuery } from "urql";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { usePasskeysHere } from "../session/passkeys";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { PasskeyForm } from "./passkey_form";
import { Passkeys } from "./passkey_operations";
import type { Passkey } from "./passkey_operations";
import { PasskeyRemoval } from "./passkey_removal";
import { Section } from "./section";
import { useFocusKept } from "./use_focus_kept";

/** The passkeys of the account. One can be taken away anywhere, and made where browsers keep them for this page. */
export function PasskeysSection() {
  const { passkeys } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const say = useToast();
  const isPossible = usePasskeysHere();
  const [{ data, error }, readAgain] = useQuery({ query: Passkeys, requestPolicy: "cache-and-network" });
  const [leaving, setLeaving] = useState<Passkey | null>(null);

  const done = (words: string) => {
    say(words);
    readAgain({ requestPolicy: "network-only" });
  };

  const own = data?.passkeys ?? [];
  const heading = useFocusKept(own.length);
  if (!isPossible && own.length === 0) return null;
  const now = new Date();
  return (
    <Section title={passkeys.title} heading={heading}>
      <p className="soft">{passkeys.text}</p>
      {error && <Notice kind="problem">{explain(problemOf(error))}</Notice>}
      {own.length > 0 && (
        <ul className="sessions">
          {own.map((passkey) => (
            <li key={passkey.id}>
              <span>
                <bdi>{passkey.name}</bdi>
              </span>
              <span className="soft">
                {passkey.lastUsedAt === null ? passkeys.added(formats.near(passkey.createdAt, now)) : passkeys.used(formats.near(passkey.lastUsedAt, now))}
              </span>
              <Button kind="quiet" aria-label={passkeys.removeNamed(passkey.name)} onPress={() => setLeaving(passkey)}>
                {passkeys.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isPossible && <PasskeyForm onAdded={() => done(passkeys.done)} />}
      {leaving && (
        <PasskeyRemoval
          passkey={leaving}
          onClose={() => setLeaving(null)}
          onRemoved={() => { setLeaving(null); done(passkeys.removed); }}
        />
      )}
    </Section>
  );
}
