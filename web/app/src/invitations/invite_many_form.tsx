import { useState } from "react";
import { useMutation } from "urql";
import { refusalOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { RoleChoice } from "../ui/role_choice";
import type { Role } from "../ui/role_choice";
import { TextArea } from "../ui/text_area";
import { useSubmit } from "../ui/use_submit";
import { readAddresses } from "./addresses";
import { InviteMany } from "./operations";

const MOST = 100;

/** Many people at once, each by mail. What is no address is told before anything is sent, and stays to be mended. */
export function InviteManyForm({ onInvited }: { onInvited: (count: number) => void }) {
  const { invitations } = useTexts();
  const formats = useFormats();
  const person = usePerson();
  const [, inviteMany] = useMutation(InviteMany);
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role>("CLIENT");
  const { good, bad, twice } = readAddresses(text);
  const tooMany = good.length - MOST;

  const { submit, busy, problem } = useSubmit(async () => {
    if (good.length === 0 || tooMany > 0) return { error: refusalOf("emails") };
    const result = await inviteMany({ emails: good, role });
    if (result.data) {
      onInvited(result.data.inviteMany.length);
      setText(bad.join("\n"));
    }
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem}>
      {person.role === "ADMIN" && <RoleChoice label={invitations.as} role={role} onRole={setRole} />}
      <TextArea name="emails" label={invitations.addresses} hint={invitations.addressesHint} value={text} onChange={setText} />
      <div className="found" role="status">
        {text.trim() !== "" && <p>{invitations.good(formats.number(good.length), good.length === 1)}</p>}
        {tooMany > 0 && <p className="urgent">{invitations.tooMany(formats.number(tooMany))}</p>}
        {bad.length > 0 && <Those title={invitations.bad} those={bad} />}
        {twice.length > 0 && <Those title={invitations.twice} those={twice} />}
      </div>
      <Button type="submit" kind="primary" isPending={busy}>
        {invitations.inviteAll}
      </Button>
    </Form>
  );
}

function Those({ title, those }: { title: string; those: readonly string[] }) {
  return (
    <p>
      {title} <bdi className="soft">{those.join(" · ")}</bdi>
    </p>
  );
}
