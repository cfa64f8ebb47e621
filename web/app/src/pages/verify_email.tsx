import { useState } from "react";
import { Link, useLocation } from "wouter";
import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { linkSecrets } from "../api/link_secrets";
import { useTexts } from "../i18n/language";
import { useSession } from "../session/session";
import { Button } from "../ui/button";
import { DoorPage } from "../ui/door_page";
import { PasswordField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";

const VerifyEmail = graphql(`
  mutation VerifyEmail($token: String!, $password: String!) {
    verifyEmail(token: $token, password: $password) {
      user {
        id
        email
        name
        role
        createdAt
      }
    }
  }
`);

export default function VerifyEmailPage() {
  const { verify, fields, common } = useTexts();
  const { begin } = useSession();
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const token = linkSecrets.token;

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await door.mutation(VerifyEmail, { token: token ?? "", password }).toPromise();
    if (result.data) {
      begin(result.data.verifyEmail.user);
      navigate("/", { replace: true });
    }
    return result;
  });

  return (
    <DoorPage title={verify.title}>
      {token === null ? (
        <Notice kind="hint">{verify.noToken}</Notice>
      ) : (
        <Form onSubmit={submit} problem={problem} words={{ INVALID_CREDENTIALS: verify.wrong }}>
          <p>{verify.text}</p>
          <PasswordField name="password" label={fields.password} value={password} onChange={setPassword} autoComplete="current-password" autoFocus />
          <div className="actions">
            <Button type="submit" kind="primary" isPending={busy}>
              {verify.button}
            </Button>
          </div>
        </Form>
      )}
      <p className="beside">
        <Link href="/login">{common.back}</Link>
      </p>
    </DoorPage>
  );
}
