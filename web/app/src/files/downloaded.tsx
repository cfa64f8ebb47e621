import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";

/** Whether one person has downloaded it. */
export function Downloaded({ downloads, last, now }: { downloads: number; last: string | null; now: Date }) {
  const { fileDetails } = useTexts();
  const formats = useFormats();
  if (downloads === 0) return <p className="has-not">{fileDetails.not}</p>;
  return <p className="has">{fileDetails.times(formats.number(downloads), downloads === 1, last === null ? "" : formats.near(last, now))}</p>;
}
