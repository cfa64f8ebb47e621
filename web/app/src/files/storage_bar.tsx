import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import type { Usage } from "./use_storage";

/** Above this share of the limit it is time to do something. */
const NEARLY_FULL = 0.9;

/** How much is stored, and how much may be. */
export function StorageBar({ usage }: { usage: Usage }) {
  const { ownStorage } = useTexts();
  const formats = useFormats();
  const { usedBytes, limitBytes, trashBytes } = usage;
  const isNearlyFull = limitBytes !== null && usedBytes > limitBytes * NEARLY_FULL;
  const words = [
    limitBytes === null ? ownStorage.used(formats.size(usedBytes)) : ownStorage.usedOf(formats.size(usedBytes), formats.size(limitBytes)),
    trashBytes > 0 && ownStorage.trash(formats.size(trashBytes)),
    isNearlyFull && ownStorage.left(formats.size(Math.max(0, limitBytes - usedBytes))),
  ];
  return (
    <div className={isNearlyFull ? "storage nearly-full" : "storage"}>
      {limitBytes !== null && <meter aria-label={ownStorage.label} min={0} max={limitBytes} value={usedBytes} />}
      <p>{words.filter(Boolean).join(" · ")}</p>
    </div>
  );
}
