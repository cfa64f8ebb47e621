import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { useSession } from "../session/session";
import { TokenForm } from "./token_form";

const ResetPassword = graphql(`
  mutation ResetPassword($token: String!, $newPassword: String!) {
    resetPassword(token: $token, newPassword: $newPassword)
  }
`);

export default function ResetPasswordPage() {
  const { reset } = useTexts();
  const { ask } = useSession();
  const act = async (token: string, newPassword: string) => {
    const result = await door.mutation(ResetPassword, { token, newPassword }).toPromise();
    // It may have been somebody else's account than the one that is signed in here.
    if (result.data) await ask();
    return result;
  };
  return <TokenForm texts={reset} field="newPassword" act={act} />;
}
