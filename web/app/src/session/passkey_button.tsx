import { useState } from "react";
import { door } from "../api/clients";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { useExplanation } from "../ui/use_explanation";
import { useSubmit } from "../ui/use_submit";
import { BeginPasskeyLogin, LoginWithPasskey } from "./operations";
import type { Person } from "./operations";
import { showPasskey, usePasskeysHere } from "./passkeys";
import type { Refusal } from "./passkeys";

/** Signs in without a password, where this page can. */
export function PasskeyButton({ onSignedIn }: { onSignedIn: (person: Person) => void }) {
  const { passkeys } = useTexts();
  const explain = useExplanation();
  const isPossible = usePasskeysHere();
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const { submit, busy, problem } = useSubmit(async () => {
    setRefusal(null);
    const begun = await door.mutation(BeginPasskeyLogin, {}).toPromise();
    if (!begun.data) return begun;
    const { options, state } = begun.data.beginPasskeyLogin;
    const answer = await showPasskey(options);
    if ("refusal" in answer) {
      setRefusal(answer.refusal);
      return {};
    }
    const result = await door.mutation(LoginWithPasskey, { state, credential: answer.credential }).toPromise();
    if (result.data) onSignedIn(result.data.loginWithPasskey.user);
    return result;
  });

  if (!isPossible) return null;
  return (
    <>
      {refusal && <Notice kind="hint">{refusal === "unwanted" ? passkeys.notUsed : passkeys.failed}</Notice>}
      {problem && <Notice kind="problem">{problem.code === "INVALID_CREDENTIALS" ? passkeys.unknown : explain(problem)}</Notice>}
      <Button onPress={submit} isPending={busy}>
        {passkeys.signIn}
      </Button>
    </>
  );
}
