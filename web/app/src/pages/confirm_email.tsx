import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { useTexts } from "../i18n/language";
import { useSession } from "../session/session";
import { TokenForm } from "./token_form";

const ConfirmEmailChange = graphql(`
  mutation ConfirmEmailChange($token: String!, $password: String!) {
    confirmEmailChange(token: $token, password: $password)
  }
`);

export default function ConfirmEmailPage() {
  const { confirmEmail } = useTexts();
  const { forget } = useSession();
  const act = async (token: string, password: string) => {
    const result = await door.mutation(ConfirmEmailChange, { token, password }).toPromise();
    if (result.data) forget();
    return result;
  };
  return <TokenForm texts={confirmEmail} field="password" act={act} />;
}
