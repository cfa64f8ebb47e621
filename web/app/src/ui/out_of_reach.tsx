import { useEffect } from "react";
import { whenOnline } from "../api/line";
import type { Problem } from "../api/problem";
import { useTexts } from "../i18n/language";
import { Button } from "./button";
import { Notice } from "./notice";
import { useExplanation } from "./use_explanation";

const OFFLINE: Problem = { code: "OFFLINE", message: "" };

/** In the place of everything, where the server cannot be asked; it tries again when the line is back. */
export function OutOfReach({ problem, onRetry }: { problem?: Problem | null; onRetry: () => void }) {
  const { common, errors } = useTexts();
  const explain = useExplanation();
  useEffect(() => whenOnline(onRetry), [onRetry]);
  return (
    <main className="alone">
      <h1>{errors.heading}</h1>
      <Notice kind="problem">{explain(problem ?? OFFLINE)}</Notice>
      <Button kind="primary" onPress={onRetry}>
        {common.tryAgain}
      </Button>
    </main>
  );
}
