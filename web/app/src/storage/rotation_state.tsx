import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Notice } from "../ui/notice";
import type { Ring } from "./operations";

/** How far new keys have taken the place of the former ones. */
export function RotationState({ ring, now }: { ring: Ring; now: Date }) {
  const { keys } = useTexts();
  const formats = useFormats();
  const { rotation, instances } = ring;
  if (!rotation) return <p className="soft">{keys.neverRotated}</p>;
  const day = formats.day(rotation.begunAt, now);
  const [done, total] = [formats.number(rotation.rewrapped), formats.number(rotation.total)];
  switch (rotation.phase) {
    case "ADDING":
      return <Notice kind="hint">{keys.adding(formats.number(rotation.lacking), formats.number(instances))}</Notice>;
    case "REWRAPPING":
      return (
        <div className="rewrapping">
          <p id="rewrapping">{keys.rewrapping(done, total)}</p>
          <progress aria-labelledby="rewrapping" value={rotation.rewrapped} max={Math.max(1, rotation.total)} />
        </div>
      );
    case "ABANDONED":
      return <p className="soft">{keys.abandoned(day)}</p>;
    case "DONE":
      return (
        <>
          <p className="soft">{keys.rotated(day, done)}</p>
          {rotation.failed > 0 && <Notice kind="problem">{keys.failed(formats.number(rotation.failed))}</Notice>}
        </>
      );
  }
}
