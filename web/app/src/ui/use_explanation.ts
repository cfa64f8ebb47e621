import { useCallback } from "react";
import type { Problem } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";

/** What went wrong, in words of the language of the page. */
export function useExplanation(): (problem: Problem) => string {
  const { errors } = useTexts();
  const formats = useFormats();
  return useCallback(
    (problem) =>
      errors.code[problem.code](problem, {
        duration: formats.duration(problem.retryAfterSeconds ?? 60),
        size: formats.size(problem.limit ?? 0),
      }),
    [errors, formats],
  );
}
