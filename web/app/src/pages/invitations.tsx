import { useCallback, useState } from "react";
import { useClient } from "urql";
import { Redirect } from "wouter";
import { address } from "../api/prefix";
import { readPage } from "../files/connection";
import { usePages } from "../files/use_pages";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { InviteForm } from "../invitations/invite_form";
import { InviteManyForm } from "../invitations/invite_many_form";
import { Invitations } from "../invitations/operations";
import type { PendingItem } from "../invitations/operations";
import { PendingList } from "../invitations/pending_list";
import { usePerson } from "../session/session";
import { Section } from "../settings/section";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { useHeadingFocus } from "../ui/use_heading_focus";
import "../design/settings.css";
import "../design/invitations.css";

const PAGE = 100;

export default function InvitationsPage() {
  return usePerson().role === "CLIENT" ? <Redirect to="/" replace /> : <Inviting />;
}

/** Inviting somebody, or many, and the invitations that nobody has used yet. */
function Inviting() {
  const { invitations, common } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const say = useToast();
  const [link, setLink] = useState<string | null>(null);
  const [revocations, setRevocations] = useState(0);
  useHeadingFocus(revocations);

  const read = useCallback((after: string | null) => readPage(client, Invitations, { first: PAGE, after }, (data) => data.invitations), [client]);
  const pages = usePages<PendingItem>(read);
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(() => say(common.copied), () => undefined);
  };

  return (
    <Shell title={invitations.title}>
      <div className="sections">
        <Section title={invitations.invite}>
          {link !== null && (
            <Notice kind="done">
              <p>{invitations.made}</p>
              <p>
                <code className="path">{link}</code>
              </p>
              {/* Browsers lend the clipboard to secure contexts only. */}
              {isSecureContext && <Button onPress={() => copy(link)}>{common.copy}</Button>}
            </Notice>
          )}
          <InviteForm
            onInvited={(token) => {
              setLink(new URL(`${address("signup")}?invitation=${encodeURIComponent(token)}`, location.href).href);
              pages.again();
            }}
          />
        </Section>
        <Section title={invitations.many}>
          <InviteManyForm
            onInvited={(count) => {
              say(invitations.sent(formats.number(count), count === 1));
              pages.again();
            }}
          />
        </Section>
        <Section title={invitations.pending}>
          <PendingList pages={pages} onRevoked={() => setRevocations((count) => count + 1)} />
        </Section>
      </div>
    </Shell>
  );
}
