import { useSettings } from "../api/settings";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { kindsOf } from "./check";
import type { Refusal } from "./check";
import { queue } from "./queue";
import type { Upload } from "./queue";

const NAMED = 3;

/** What is not taken, and why: a line for each reason, however many files it is about. */
export function Refusals({ refused }: { refused: readonly Upload[] }) {
  const { uploads: words } = useTexts();
  const reasons = [...new Set(refused.map(({ refusal }) => refusal))].filter((refusal) => refusal !== null);
  if (reasons.length === 0) return null;
  return (
    <section className="refusals" aria-label={words.refusals}>
      {reasons.map((refusal) => (
        <Reason key={refusal} refusal={refusal} uploads={refused.filter((one) => one.refusal === refusal)} />
      ))}
    </section>
  );
}

function Reason({ refusal, uploads }: { refusal: Refusal; uploads: readonly Upload[] }) {
  const { uploads: words } = useTexts();
  const formats = useFormats();
  const { uploads: limits } = useSettings();
  const why = {
    kind: words.kind(kindsOf(limits)),
    empty: words.isEmpty,
    too_large: words.tooLarge(formats.size(limits.maxFileBytes)),
    no_room: words.noRoom(formats.size(queue.room() ?? 0)),
    unreadable: words.unreadable,
  }[refusal];
  const names = uploads.slice(0, NAMED).map(({ path }) => path).join(", ");
  const more = uploads.length - NAMED;
  const said = more > 0 ? words.andMore(names, formats.number(more)) : names;
  const ids = uploads.map(({ id }) => id);
  return (
    <div className="notice problem refusal" role="alert">
      <p>
        {words.refused(formats.number(uploads.length), uploads.length === 1)} <span>{why}</span>
      </p>
      <p className="soft">
        <bdi>{said}</bdi>
      </p>
      <div className="refusal-acts">
        {refusal === "no_room" && (
          <Button kind="quiet" aria-label={words.tryAnyway(said)} onPress={() => ids.forEach((id) => queue.retry(id))}>
            ↻
          </Button>
        )}
        <Button kind="quiet" aria-label={words.dismissRefusals(said)} onPress={() => queue.drop(ids)}>
          ×
        </Button>
      </div>
    </div>
  );
}
