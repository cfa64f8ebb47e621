import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { ConfirmSecondFactor } from "./factor_operations";

export interface Enrolment {
  secret: string;
  qrSvg: string;
}

interface Props {
  enrolment: Enrolment;
  onDone: (codes: readonly string[]) => void;
  onCancel: () => void;
}

/** The QR code, the secret in letters, and the first code of it. */
export function FactorEnrolment({ enrolment, onDone, onCancel }: Props) {
  const { settings, fields } = useTexts();
  const [, confirm] = useMutation(ConfirmSecondFactor);
  const [code, setCode] = useState("");

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await confirm({ code });
    if (result.data) onDone(result.data.confirmSecondFactor.codes);
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem}>
      <p>{settings.scan}</p>
      <img className="qr" alt={settings.qr} src={`data:image/svg+xml,${encodeURIComponent(enrolment.qrSvg)}`} />
      <p className="soft">
        {settings.secret} <code className="path">{enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
      </p>
      <TextField name="code" label={fields.code} value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" autoFocus isRequired />
      <FormActions act={settings.confirm} isPending={busy} onCancel={onCancel} />
    </Form>
  );
}
