import { Link } from "wouter";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import type { DeadMail } from "./operations";

/** Why a mail cannot be sent again: what its link was for is over. And what helps instead. */
export function OverDialog({ mail, onClose }: { mail: DeadMail; onClose: () => void }) {
  const texts = useTexts();
  return (
    <Dialog title={texts.mail.overTitle} isOpen onClose={onClose}>
      <p>
        <bdi>{mail.recipient}</bdi>
      </p>
      <p>{texts.mail.over[mail.template] ?? texts.mail.overOther}</p>
      <div className="actions">
        <Button kind="primary" onPress={onClose}>
          {texts.common.close}
        </Button>
        {mail.template === "invitation" && <Link href="/invitations">{texts.invitations.invite}</Link>}
      </div>
    </Dialog>
  );
}
