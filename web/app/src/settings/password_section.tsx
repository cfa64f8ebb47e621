import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { PasswordField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";
import { Section } from "./section";

const ChangePassword = graphql(`
  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {
    changePassword(currentPassword: $currentPassword, newPassword: $newPassword) {
      accessTokenExpiresAt
    }
  }
`);

export function PasswordSection() {
  const { settings, fields } = useTexts();
  const [, change] = useMutation(ChangePassword);
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const [isDone, setDone] = useState(false);

  const { submit, busy, problem } = useSubmit(async () => {
    setDone(false);
    const result = await change({ currentPassword, newPassword });
    if (result.data) {
      setDone(true);
      setCurrent("");
      setNew("");
    }
    return result;
  });

  return (
    <Section title={settings.passwordTitle}>
      <p className="soft">{settings.passwordText}</p>
      {isDone && <Notice kind="done">{settings.passwordDone}</Notice>}
      <Form onSubmit={submit} problem={problem}>
        <PasswordField name="currentPassword" label={fields.currentPassword} value={currentPassword} onChange={setCurrent} autoComplete="current-password" />
        <PasswordField name="newPassword" label={fields.newPassword} hint={fields.passwordHint} value={newPassword} onChange={setNew} autoComplete="new-password" />
        <Button type="submit" isPending={busy}>
          {settings.passwordButton}
        </Button>
      </Form>
    </Section>
  );
}
