import { useState } from "react";
import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { DoorForm } from "../ui/door_form";
import { TextField } from "../ui/field";
import { MailFolder } from "../ui/mail_folder";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($email: String!) {
    requestPasswordReset(email: $email)
  }
`);

export default function ForgottenPassword() {
  const { forgotten, fields } = useTexts();
  const [email, setEmail] = useState("");
  const [isDone, setDone] = useState(false);

  const sending = useSubmit(async () => {
    const result = await door.mutation(RequestPasswordReset, { email }).toPromise();
    if (result.data) setDone(true);
    return result;
  });

  const done = isDone && (
    <Notice kind="done" takesFocus>
      <p>{forgotten.done}</p>
      <MailFolder />
    </Notice>
  );
  return (
    <DoorForm title={forgotten.title} texts={forgotten} sending={sending} instead={done || undefined}>
      <TextField name="email" type="email" label={fields.email} value={email} onChange={setEmail} autoComplete="username" isRequired />
    </DoorForm>
  );
}
