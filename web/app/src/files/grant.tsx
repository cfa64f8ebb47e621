import { useState } from "react";
import { useMutation } from "urql";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { useToast } from "../ui/toasts";
import { Downloaded } from "./downloaded";
import { Receipts } from "./receipts";
import { RevokeShare } from "./share_operations";
import type { GrantItem } from "./share_operations";
import { Terms } from "./terms";

interface Props {
  grant: GrantItem;
  now: Date;
  change: unknown;
  onRevoked: () => void;
}

/** A share, as the owner sees it: with whom, whether that person has downloaded it, until when, and taking it back. */
export function Grant({ grant, now, change, onRevoked }: Props) {
  const { fileDetails } = useTexts();
  const formats = useFormats();
  const say = useToast();
  const [, revoke] = useMutation(RevokeShare);
  const [isAsking, setAsking] = useState(false);
  const { recipient, downloads, receipts } = grant;
  const who = recipient?.name ?? fileDetails.everyClient;
  const last = receipts.nodes[0]?.lastDownloadedAt;
  const count = formats.number(downloads);
  return (
    <>
      <div className="grant">
        <div>
          <p className="grant-who">
            <bdi>{who}</bdi> {recipient && <span className="soft">{recipient.email}</span>}
          </p>
          {recipient && <Downloaded downloads={downloads} last={last ?? null} now={now} />}
          {!recipient && <p className="soft">{fileDetails.howMany(count, downloads === 1)}</p>}
        </div>
        <Terms share={grant} now={now} />
        <Button kind="quiet" aria-label={fileDetails.revokeFrom(who)} onPress={() => setAsking(true)}>
          {fileDetails.revoke}
        </Button>
      </div>
      {grant.everyClient && receipts.totalCount > 0 && <Receipts share={grant.id} count={receipts.totalCount} now={now} change={change} />}
      {isAsking && (
        <Confirm
          title={fileDetails.revokeTitle(who)}
          text={fileDetails.revokeText}
          act={fileDetails.revoke}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const result = await revoke({ id: grant.id });
            if (result.data) {
              setAsking(false);
              say(fileDetails.revoked(who));
              onRevoked();
            }
            return result;
          }}
        />
      )}
    </>
  );
}
