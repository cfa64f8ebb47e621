// Address, password and, where the account has one, the code of the second factor; or a passkey. On the page and in the dialog.
import { useState } from "react";
import type { ReactNode } from "react";
import { door } from "../api/clients";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { PasswordField, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { useSubmit } from "../ui/use_submit";
import { Login } from "./operations";
import type { Person } from "./operations";
import { PasskeyButton } from "./passkey_button";

interface Props {
  /** Where it is known who signs in. */
  email?: string;
  onSignedIn: (person: Person) => void;
  /** The right password of an address that is not confirmed. */
  onUnconfirmed?: (email: string) => ReactNode;
  children?: ReactNode;
}

export function Credentials({ email: known, onSignedIn, onUnconfirmed, children }: Props) {
  const texts = useTexts();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [needsCode, setNeedsCode] = useState(false);

  const { submit, busy, problem } = useSubmit(async () => {
    const input = { email, password, totpCode: needsCode ? code : null };
    const result = await door.mutation(Login, { input }).toPromise();
    if (result.data) onSignedIn(result.data.login.user);
    return result;
  }, (problem) => {
    if (problem.code !== "TOTP_REQUIRED") return false;
    setNeedsCode(true);
    return true;
  });

  return (
    <>
      <Form onSubmit={submit} problem={problem}>
        {problem?.code === "EMAIL_NOT_VERIFIED" && onUnconfirmed?.(email)}
        {needsCode ? (
          <>
            <p>{texts.errors.code.TOTP_REQUIRED({ code: "TOTP_REQUIRED", message: "" }, { duration: "", size: "" })}</p>
            <TextField name="totpCode" label={texts.fields.code} hint={texts.fields.codeHint} value={code} onChange={setCode} autoComplete="one-time-code" autoFocus isRequired />
          </>
        ) : (
          <>
            {known === undefined && (
              <TextField name="email" label={texts.fields.email} type="email" value={email} onChange={setEmail} autoComplete="username" isRequired />
            )}
            <PasswordField name="password" label={texts.fields.password} value={password} onChange={setPassword} autoComplete="current-password" autoFocus={known !== undefined} />
          </>
        )}
        <div className="actions">
          <Button type="submit" kind="primary" isPending={busy}>
            {texts.login.button}
          </Button>
          {children}
          {needsCode && known === undefined && (
            <Button kind="quiet" onPress={() => { setNeedsCode(false); setCode(""); setPassword(""); }}>
              {texts.login.otherAccount}
            </Button>
          )}
        </div>
      </Form>
      {!needsCode && <PasskeyButton onSignedIn={onSignedIn} />}
    </>
  );
}
