import { useRef, useState } from "react";
import { useClient } from "urql";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { retryAll } from "./retry_all";

/** Has every mail sent again, as after a mail server that was away, and says what came of it. */
export function SendAllButton({ onDone }: { onDone: () => void }) {
  const { mail } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const say = useToast();
  const explain = useExplanation();
  const [sent, setSent] = useState<number | null>(null);
  const isRunning = useRef(false);

  const run = async () => {
    if (isRunning.current) return;
    isRunning.current = true;
    setSent(0);
    const retried = await retryAll(client, setSent);
    isRunning.current = false;
    setSent(null);
    say(retried.problem ? explain(retried.problem) : mail.allSent(formats.number(retried.sent), retried.sent, retried.over));
    // The button is about to go with what it was for.
    document.querySelector<HTMLElement>("h1")?.focus();
    onDone();
  };

  return (
    <Button isPending={sent !== null} onPress={() => void run()}>
      {sent === null ? mail.sendAll : mail.sending(formats.number(sent))}
    </Button>
  );
}
