import { useMutation } from "urql";
import { problemOf } from "../api/problem";
import { ListState } from "../files/list_state";
import type { Pages } from "../files/use_pages";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { RevokeInvitation } from "./operations";
import type { PendingItem } from "./operations";

/** Invitations that nobody has used yet. */
export function PendingList({ pages, onRevoked }: { pages: Pages<PendingItem>; onRevoked: () => void }) {
  const { invitations, roles } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const say = useToast();
  const [, revoke] = useMutation(RevokeInvitation);

  const end = async (id: string) => {
    const { error } = await revoke({ id });
    say(error ? explain(problemOf(error)) : invitations.revoked);
    if (error) return;
    pages.drop(id);
    onRevoked();
  };

  const now = new Date();
  return (
    <>
      {pages.isThere && pages.items.length === 0 && !pages.isBusy && !pages.problem && <p className="soft">{invitations.none}</p>}
      {pages.items.length > 0 && <p className="soft">{invitations.count(formats.number(pages.total), pages.total === 1)}</p>}
      <ul className="sessions">
        {pages.items.map((invitation) => {
          const whom = invitation.email ?? invitations.anybody;
          return (
            <li key={invitation.id}>
              <span>
                <bdi>{whom}</bdi> <span className="soft">({roles[invitation.role]})</span>
              </span>
              <time className="soft" dateTime={invitation.expiresAt} title={formats.exact(invitation.expiresAt)}>
                {invitations.until(formats.day(invitation.expiresAt, now))}
              </time>
              <Button kind="quiet" aria-label={invitations.revokeNamed(whom)} onPress={() => void end(invitation.id)}>
                {invitations.revoke}
              </Button>
            </li>
          );
        })}
      </ul>
      <ListState pages={pages} />
    </>
  );
}
