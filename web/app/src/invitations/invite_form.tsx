import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { useSubmit } from "../ui/use_submit";
import { Invite } from "./operations";

const ROLES = ["CLIENT", "OPS", "ADMIN"] as const;
type Role = (typeof ROLES)[number];

/** Whom, and as what: Admins invite anybody, Ops invite Clients. */
export function InviteForm({ onInvited }: { onInvited: (token: string) => void }) {
  const { invitations, fields, roles } = useTexts();
  const person = usePerson();
  const [, invite] = useMutation(Invite);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>(person.role === "ADMIN" ? "OPS" : "CLIENT");

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await invite({ role, email: email.trim() === "" ? null : email });
    if (result.data) {
      onInvited(result.data.invite.token);
      setEmail("");
    }
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem}>
      {person.role === "ADMIN" && (
        <fieldset className="segments">
          <legend>{invitations.as}</legend>
          {ROLES.map((one) => (
            <label key={one}>
              <input type="radio" name="role" checked={one === role} onChange={() => setRole(one)} />
              <span>{roles[one]}</span>
            </label>
          ))}
        </fieldset>
      )}
      <TextField name="email" type="email" label={fields.email} hint={invitations.emailHint} value={email} onChange={setEmail} autoComplete="off" />
      <Button type="submit" kind="primary" isPending={busy}>
        {invitations.invite}
      </Button>
    </Form>
  );
}
