// What the pages behind the links of mails have in common: a password, and what comes of it.
import { useState } from "react";
import type { CombinedError } from "urql";
import type { Code } from "../api/problem";
import { linkSecrets } from "../api/link_secrets";
import { useTexts } from "../i18n/language";
import { DoorForm } from "../ui/door_form";
import { PasswordField } from "../ui/field";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

interface Props {
  texts: { title: string; text: string; button: string; done?: string };
  /** The field as the API calls it. */
  field: "password" | "newPassword";
  words?: Partial<Record<Code, string>>;
  act: (token: string, password: string) => Promise<{ error?: CombinedError | undefined }>;
}

export function TokenForm({ texts, field, words = {}, act }: Props) {
  const { fields, verify } = useTexts();
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  const token = linkSecrets.token;
  const isNew = field === "newPassword";

  const sending = useSubmit(async () => {
    const result = await act(token ?? "", password);
    if (!result.error) setDone(true);
    return result;
  });

  const instead =
    isDone && texts.done !== undefined ? <Notice kind="done" takesFocus>{texts.done}</Notice>
    : token === null ? <Notice kind="hint">{verify.noToken}</Notice>
    : undefined;
  return (
    <DoorForm title={texts.title} texts={texts} sending={sending} words={words} instead={instead}>
      <PasswordField
        name={field}
        label={isNew ? fields.newPassword : fields.password}
        {...(isNew ? { hint: fields.passwordHint } : {})}
        value={password}
        onChange={setPassword}
        autoComplete={isNew ? "new-password" : "current-password"}
        autoFocus
      />
    </DoorForm>
  );
}
