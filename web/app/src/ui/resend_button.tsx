import { door } from "../api/clients";
import { graphql } from "../api/graphql";
import { Button } from "./button";
import { Notice } from "./notice";
import { useExplanation } from "./use_explanation";
import { useSubmit } from "./use_submit";

const ResendVerification = graphql(`
  mutation ResendVerification($email: String!) {
    resendVerification(email: $email)
  }
`);

/** Has the mail of a sign-up sent once more. */
export function ResendButton({ email, label, onSent }: { email: string; label: string; onSent: () => void }) {
  const explain = useExplanation();
  const { submit, busy, problem } = useSubmit(async () => {
    const result = await door.mutation(ResendVerification, { email }).toPromise();
    if (result.data) onSent();
    return result;
  });
  return (
    <>
      {problem && <Notice kind="problem">{explain(problem)}</Notice>}
      <Button onPress={submit} isPending={busy}>
        {label}
      </Button>
    </>
  );
}
