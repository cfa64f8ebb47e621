import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Dialog } from "../ui/dialog";
import { PasswordField } from "../ui/field";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { RemovePasskey } from "./passkey_operations";
import type { Passkey } from "./passkey_operations";

interface Props {
  passkey: Passkey;
  onRemoved: () => void;
  onClose: () => void;
}

/** Asks for the password before a passkey goes. */
export function PasskeyRemoval({ passkey, onRemoved, onClose }: Props) {
  const { passkeys, fields } = useTexts();
  const [, remove] = useMutation(RemovePasskey);
  const [password, setPassword] = useState("");
  const { submit, busy, problem } = useSubmit(async () => {
    const result = await remove({ id: passkey.id, password });
    if (result.data) onRemoved();
    return result;
  });
  return (
    <Dialog title={passkeys.removeTitle(passkey.name)} isOpen onClose={onClose}>
      <p>{passkeys.removeText}</p>
      <Form onSubmit={submit} problem={problem}>
        <PasswordField name="password" label={fields.currentPassword} value={password} onChange={setPassword} autoComplete="current-password" autoFocus />
        <FormActions act={passkeys.remove} kind="danger" isPending={busy} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
