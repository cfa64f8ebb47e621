import { useState } from "react";
import { Link } from "wouter";
import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { useSettings } from "../api/settings";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { DoorPage } from "../ui/door_page";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($email: String!) {
    requestPasswordReset(email: $email)
  }
`);

export default function ForgottenPassword() {
  const { forgotten, fields, common, checkMail } = useTexts();
  const { mailFolder } = useSettings();
  const [email, setEmail] = useState("");
  const [isDone, setDone] = useState(false);

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await door.mutation(RequestPasswordReset, { email }).toPromise();
    if (result.data) setDone(true);
    return result;
  });

  return (
    <DoorPage title={forgotten.title}>
      {isDone ? (
        <Notice kind="done">
          <p>{forgotten.done}</p>
          {mailFolder !== null && (
            <>
              <p>{checkMail.folder}</p>
              <p>
                <code className="path">{mailFolder}</code>
              </p>
            </>
          )}
        </Notice>
      ) : (
        <Form onSubmit={submit} problem={problem}>
          <p>{forgotten.text}</p>
          <TextField name="email" type="email" label={fields.email} value={email} onChange={setEmail} autoComplete="username" isRequired />
          <div className="actions">
            <Button type="submit" kind="primary" isPending={busy}>
              {forgotten.button}
            </Button>
          </div>
        </Form>
      )}
      <p className="beside">
        <Link href="/login">{common.back}</Link>
      </p>
    </DoorPage>
  );
}
