import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useTexts } from "../i18n/language";
import { Credentials } from "../session/credentials";
import { useSession } from "../session/session";
import { DoorPage } from "../ui/door_page";
import { ResendButton } from "../ui/resend_button";

export default function Login() {
  const { login } = useTexts();
  const { begin } = useSession();
  const [, navigate] = useLocation();
  const [wasSent, setSent] = useState(false);

  const resend = (email: string) =>
    !wasSent && (
      <ResendButton email={email} label={login.resend} onSent={() => { setSent(true); navigate("/check-mail", { state: { email } }); }} />
    );

  return (
    <DoorPage title={login.title} beside={<>{login.noAccount} <Link href="/signup">{login.signUp}</Link></>}>
      <Credentials onSignedIn={begin} onUnconfirmed={resend}>
        <Link href="/forgotten-password">{login.forgotten}</Link>
      </Credentials>
    </DoorPage>
  );
}
