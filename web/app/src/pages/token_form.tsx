// What the pages behind two links of mails have in common: a password, and that it is done.
import { useState } from "react";
import type { CombinedError } from "urql";
import { Link } from "wouter";
import { linkSecrets } from "../api/link_secrets";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { DoorPage } from "../ui/door_page";
import { PasswordField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

interface Props {
  texts: { title: string; text: string; button: string; done: string };
  /** The field as the API calls it. */
  field: "password" | "newPassword";
  act: (token: string, password: string) => Promise<{ error?: CombinedError | undefined }>;
}

export function TokenForm({ texts, field, act }: Props) {
  const { fields, common, verify } = useTexts();
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  const token = linkSecrets.token;
  const isNew = field === "newPassword";

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await act(token ?? "", password);
    if (!result.error) setDone(true);
    return result;
  });

  return (
    <DoorPage title={texts.title}>
      {isDone ? (
        <Notice kind="done">{texts.done}</Notice>
      ) : token === null ? (
        <Notice kind="hint">{verify.noToken}</Notice>
      ) : (
        <Form onSubmit={submit} problem={problem}>
          <p>{texts.text}</p>
          <PasswordField
            name={field}
            label={isNew ? fields.newPassword : fields.password}
            {...(isNew ? { hint: fields.passwordHint } : {})}
            value={password}
            onChange={setPassword}
            autoComplete={isNew ? "new-password" : "current-password"}
            autoFocus
          />
          <div className="actions">
            <Button type="submit" kind="primary" isPending={busy}>
              {texts.button}
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
