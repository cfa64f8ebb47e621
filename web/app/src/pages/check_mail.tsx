import { useState } from "react";
import { useHistoryState } from "wouter/use-browser-location";
import { useSettings } from "../api/settings";
import { useTexts } from "../i18n/language";
import { DoorPage } from "../ui/door_page";
import { MailFolder } from "../ui/mail_folder";
import { Notice } from "../ui/notice";
import { ResendButton } from "../ui/resend_button";

export default function CheckMail() {
  const { checkMail } = useTexts();
  const { mailFolder } = useSettings();
  const state = useHistoryState<{ email?: string } | null>();
  const email = state?.email;
  const [wasResent, setResent] = useState(false);
  return (
    <DoorPage title={checkMail.title}>
      <p>{email === undefined ? checkMail.textNoAddress : checkMail.text(email)}</p>
      {mailFolder !== null && (
        <Notice kind="hint">
          <MailFolder />
        </Notice>
      )}
      {wasResent && <Notice kind="done" takesFocus>{checkMail.resent}</Notice>}
      {email !== undefined && !wasResent && (
        <>
          {mailFolder === null && <p className="soft">{checkMail.nothing}</p>}
          <ResendButton email={email} label={checkMail.resend} onSent={() => setResent(true)} />
        </>
      )}
    </DoorPage>
  );
}
