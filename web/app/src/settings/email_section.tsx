import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { PasswordField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { MailFolder } from "../ui/mail_folder";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";
import { Section } from "./section";

const RequestEmailChange = graphql(`
  mutation RequestEmailChange($newEmail: String!, $password: String!) {
    requestEmailChange(newEmail: $newEmail, password: $password)
  }
`);

export function EmailSection() {
  const { settings, fields } = useTexts();
  const [, request] = useMutation(RequestEmailChange);
  const [newEmail, setNewEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);

  const { submit, busy, problem } = useSubmit(async () => {
    setDone(false);
    const result = await request({ newEmail, password });
    if (result.data) {
      setDone(true);
      setNewEmail("");
      setPassword("");
    }
    return result;
  });

  return (
    <Section title={settings.emailTitle}>
      <p className="soft">{settings.emailText}</p>
      {isDone && (
        <Notice kind="done">
          <p>{settings.emailSent}</p>
          <MailFolder />
        </Notice>
      )}
      <Form onSubmit={submit} problem={problem}>
        <TextField name="newEmail" type="email" label={settings.newEmail} value={newEmail} onChange={setNewEmail} autoComplete="email" isRequired />
        <PasswordField name="password" label={fields.currentPassword} value={password} onChange={setPassword} autoComplete="current-password" />
        <Button type="submit" isPending={busy}>
          {settings.emailButton}
        </Button>
      </Form>
    </Section>
  );
}
