import { useState } from "react";
import { Link, useLocation } from "wouter";
import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { linkSecrets } from "../api/link_secrets";
import { useSettings } from "../api/settings";
import type { SignupMode } from "../api/settings";
import { useTexts } from "../i18n/language";
import { DoorForm } from "../ui/door_form";
import { PasswordField, TextField } from "../ui/field";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

const Signup = graphql(`
  mutation Signup($input: SignupInput!) {
    signup(input: $input) {
      email
    }
  }
`);

type Role = "CLIENT" | "OPS";

export default function SignupPage() {
  const { signup: texts, login, fields } = useTexts();
  const modes = useSettings().signup;
  const [, navigate] = useLocation();
  const [role, setRole] = useState<Role>(modes.client === "closed" ? "OPS" : "CLIENT");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [typed, setTyped] = useState("");

  const isInvited = linkSecrets.invitation !== null;
  const mode: SignupMode = isInvited ? "invite" : role === "CLIENT" ? modes.client : modes.ops;
  const isClosed = !isInvited && modes.client === "closed" && modes.ops === "closed";

  const sending = useSubmit(async () => {
    const invitation = linkSecrets.invitation ?? (mode === "invite" ? typed.trim() : null);
    // An invitation knows the role that it gives: null leaves it to that.
    const input = { name, email, password, role: invitation === null ? role : null, invitation };
    const result = await door.mutation(Signup, { input }).toPromise();
    if (result.data) navigate("/check-mail", { state: { email: result.data.signup.email } });
    return result;
  });

  return (
    <DoorForm
      title={texts.title}
      texts={{ button: texts.button }}
      sending={sending}
      words={{ INVALID_TOKEN: texts.badInvitation, FORBIDDEN: texts.closed }}
      instead={isClosed ? <Notice kind="hint">{texts.closed}</Notice> : undefined}
      beside={<>{texts.haveAccount} <Link href="/login">{login.button}</Link></>}
    >
      {isInvited ? <p>{texts.invited}</p> : <RoleChoice role={role} modes={modes} onChoose={setRole} />}
      {!isInvited && mode === "invite" && (
        <TextField name="invitation" label={texts.invitation} hint={texts.invitationHint} value={typed} onChange={setTyped} isRequired />
      )}
      <TextField name="name" label={fields.name} value={name} onChange={setName} autoComplete="name" isRequired />
      <TextField name="email" type="email" label={fields.email} value={email} onChange={setEmail} autoComplete="username" isRequired />
      <PasswordField name="password" label={fields.password} hint={fields.passwordHint} value={password} onChange={setPassword} autoComplete="new-password" />
    </DoorForm>
  );
}

interface RoleChoiceProps {
  role: Role;
  modes: { client: SignupMode; ops: SignupMode };
  onChoose: (role: Role) => void;
}

function RoleChoice({ role, modes, onChoose }: RoleChoiceProps) {
  const { signup } = useTexts();
  const choices = [
    { value: "CLIENT", mode: modes.client, label: signup.client, text: signup.clientText },
    { value: "OPS", mode: modes.ops, label: signup.ops, text: signup.opsText },
  ] as const;
  const open = choices.filter(({ mode }) => mode !== "closed");
  if (open.length < 2) return null;
  return (
    <fieldset className="choice">
      <legend>{signup.who}</legend>
      {open.map(({ value, label, text }) => (
        <label key={value} className="card">
          <input type="radio" name="role" value={value} checked={role === value} onChange={() => onChoose(value)} />
          <span className="card-label">{label}</span>
          <span className="hint">{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
