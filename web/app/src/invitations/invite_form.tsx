import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { RoleChoice } from "../ui/role_choice";
import type { Role } from "../ui/role_choice";
import { useSubmit } from "../ui/use_submit";
import { Invite } from "./operations";

/** Whom, and as what: Admins invite anybody, Ops invite Clients. */
export function InviteForm({ onInvited }: { onInvited: (token: string) => void }) {
  const { invitations, fields } = useTexts();
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
      {person.role === "ADMIN" && <RoleChoice label={invitations.as} role={role} onRole={setRole} />}
      <TextField name="email" type="email" label={fields.email} hint={invitations.emailHint} value={email} onChange={setEmail} autoComplete="off" />
      <Button type="submit" kind="primary" isPending={busy}>
        {invitations.invite}
      </Button>
    </Form>
  );
}
