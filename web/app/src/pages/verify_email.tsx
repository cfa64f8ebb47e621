import { useLocation } from "wouter";
import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { SignedIn } from "../session/operations";
import { useSession } from "../session/session";
import { TokenForm } from "./token_form";

const VerifyEmail = graphql(
  `
    mutation VerifyEmail($token: String!, $password: String!) {
      verifyEmail(token: $token, password: $password) {
        user {
          ...SignedIn
        }
      }
    }
  `,
  [SignedIn],
);

export default function VerifyEmailPage() {
  const { verify } = useTexts();
  const { begin } = useSession();
  const [, navigate] = useLocation();
  const act = async (token: string, password: string) => {
    const result = await door.mutation(VerifyEmail, { token, password }).toPromise();
    if (result.data) {
      begin(result.data.verifyEmail.user);
      navigate("/", { replace: true });
    }
    return result;
  };
  return <TokenForm texts={verify} field="password" words={{ INVALID_CREDENTIALS: verify.wrong }} act={act} />;
}
