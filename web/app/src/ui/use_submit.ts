import { useCallback, useRef, useState } from "react";
import type { CombinedError } from "urql";
import { problemOf } from "../api/problem";
import type { Problem } from "../api/problem";

/**
 * What a form does when it is sent: once at a time, and what went wrong is kept until the next try. `expected` may deal with a problem
 * that is none, and answers whether it did.
 */
export function useSubmit(act: () => Promise<{ error?: CombinedError | undefined }>, expected?: (problem: Problem) => boolean) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);

  const submit = useCallback(() => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(null);
    act()
      .then(({ error }) => {
        const found = error ? problemOf(error) : null;
        if (found && !expected?.(found)) setProblem(found);
      })
      .catch(() => setProblem({ code: "INTERNAL", message: "" }))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  }, [act, expected]);

  return { submit, busy, problem };
}
