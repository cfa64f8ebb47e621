import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { address } from "../api/prefix";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { InviteForm } from "../invitations/invite_form";
import { Invitations, RevokeInvitation } from "../invitations/operations";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import "../design/settings.css";

/** Inviting somebody, and the invitations that nobody has used yet. */
export default function InvitationsPage() {
  const { invitations, common, roles } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const say = useToast();
  const [{ data, error }, readAgain] = useQuery({ query: Invitations, requestPolicy: "cache-and-network" });
  const [, revoke] = useMutation(RevokeInvitation);
  const [link, setLink] = useState<string | null>(null);

  const refresh = () => readAgain({ requestPolicy: "network-only" });
  const end = async (id: string) => {
    const result = await revoke({ id });
    say(result.error ? explain(problemOf(result.error)) : invitations.revoked);
    refresh();
  };
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(() => say(common.copied), () => undefined);
  };

  return (
    <Shell title={invitations.title}>
      <div className="sections">
        <section className="section" aria-labelledby="invite">
          <h2 id="invite">{invitations.invite}</h2>
          <div className="section-body">
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
                refresh();
              }}
            />
          </div>
        </section>
        <section className="section" aria-labelledby="pending">
          <h2 id="pending">{invitations.pending}</h2>
          <div className="section-body">
            {error && <Notice kind="problem">{explain(problemOf(error))}</Notice>}
            {data?.invitations.totalCount === 0 && <p className="soft">{invitations.none}</p>}
            <ul className="sessions">
              {data?.invitations.nodes.map((invitation) => {
                const whom = invitation.email ?? invitations.anybody;
                return (
                  <li key={invitation.id}>
                    <span>
                      <bdi>{whom}</bdi> <span className="soft">({roles[invitation.role]})</span>
                    </span>
                    <span className="soft">{invitations.until(formats.day(invitation.expiresAt, new Date()))}</span>
                    <Button kind="quiet" aria-label={invitations.revokeNamed(whom)} onPress={() => void end(invitation.id)}>
                      {invitations.revoke}
                    </Button>
                  </li>
                );
              })}
            </ul>
          </div>
        </section>
      </div>
    </Shell>
  );
}
