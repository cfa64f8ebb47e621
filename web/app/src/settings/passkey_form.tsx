import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { makePasskey } from "../session/passkeys";
import type { Refusal } from "../session/passkeys";
import { Button } from "../ui/button";
import { PasswordField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";
import { deviceOf } from "./device";
import { AddPasskey, BeginPasskeyRegistration } from "./passkey_operations";

/** Makes a passkey in this browser, and names it. */
export function PasskeyForm({ onAdded }: { onAdded: () => void }) {
  const { passkeys, fields } = useTexts();
  const [, begin] = useMutation(BeginPasskeyRegistration);
  const [, add] = useMutation(AddPasskey);
  const [name, setName] = useState(() => deviceOf(navigator.userAgent));
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const { submit, busy, problem } = useSubmit(async () => {
    setRefusal(null);
    const begun = await begin({ password });
    if (!begun.data) return begun;
    const { options, state } = begun.data.beginPasskeyRegistration;
    const answer = await makePasskey(options);
    if ("refusal" in answer) {
      setRefusal(answer.refusal);
      return {};
    }
    const result = await add({ state, credential: answer.credential, name });
    if (result.data) {
      setPassword("");
      onAdded();
    }
    return result;
  });

  const reasons = { unwanted: passkeys.notMade, known: passkeys.known, failed: passkeys.failed };
  return (
    <Form onSubmit={submit} problem={problem}>
      {refusal && <Notice kind="hint">{reasons[refusal]}</Notice>}
      <TextField name="name" label={passkeys.name} hint={passkeys.nameHint} value={name} onChange={setName} maxLength={64} isRequired />
      <PasswordField name="password" label={fields.currentPassword} value={password} onChange={setPassword} autoComplete="current-password" />
      <Button type="submit" isPending={busy}>
        {passkeys.add}
      </Button>
    </Form>
  );
}
