import { useMemo } from "react";
import { useTexts } from "../i18n/language";
import { formatsOf } from "./format";
import type { Formats } from "./format";

/** Numbers and moments in the language of the page. */
export function useFormats(): Formats {
  const { locale } = useTexts();
  return useMemo(() => formatsOf(locale), [locale]);
}
