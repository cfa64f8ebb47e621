import { useTexts } from "../i18n/language";
import { formatsOf } from "./format";
import type { Formats } from "./format";

/** One for each language: to make them costs more than a row of a long list. */
const made = new Map<string, Formats>();

/** Numbers and moments in the language of the page. */
export function useFormats(): Formats {
  const { locale } = useTexts();
  const formats = made.get(locale) ?? formatsOf(locale);
  made.set(locale, formats);
  return formats;
}
