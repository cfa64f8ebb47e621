import { useSyncExternalStore } from "react";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { queue } from "./queue";
import type { Stage, Upload } from "./queue";
import { QueueItem } from "./queue_item";
import { Refusals } from "./refusals";

/** How many are shown of those that wait: a folder may have thousands. */
const WAITING_SHOWN = 6;
/** How many of those that are stored, while others are on their way. */
const DONE_SHOWN = 2;

/** The files on their way, each with how far it is and what can be done about it, and those that are not taken. */
export function QueueList({ onShare }: { onShare: (ids: readonly string[]) => void }) {
  const { uploads: words, own } = useTexts();
  const formats = useFormats();
  const uploads = useSyncExternalStore(queue.subscribe, queue.snapshot);
  const of = (...stages: Stage[]) => uploads.filter(({ stage }) => stages.includes(stage));

  const [refused, waiting, done] = [of("refused"), of("waiting"), of("done")];
  const taken = uploads.length - refused.length;
  const later = waiting.length - WAITING_SHOWN;
  const isOver = done.length > 0 && done.length + of("failed").length === taken;
  // When all is over they stand in the list below.
  const hidden = new Set([...refused, ...waiting.slice(WAITING_SHOWN), ...(isOver ? done : done.slice(0, -DONE_SHOWN))]);
  const shown = uploads.filter((upload) => !hidden.has(upload));
  const stored = done.map(({ storedId }) => storedId).filter((id) => id !== null);
  return (
    <>
      <Refusals refused={refused} />
      {taken > 0 && (
        <section className="queue" aria-label={words.queue}>
          {taken > 1 && !isOver && (
            <div className="queue-sum">
              <p>{words.soFar(formats.number(done.length), formats.number(taken))}</p>
              <progress aria-label={words.queue} {...sumOf(uploads)} />
            </div>
          )}
          <ul>
            {shown.map((upload) => (
              <li key={upload.id} className={upload.stage}>
                <QueueItem upload={upload} />
              </li>
            ))}
          </ul>
          {later > 0 && <p className="queue-more soft">{words.waitingMore(formats.number(later), later === 1)}</p>}
          {isOver && (
            <div className="queue-sum">
              <p>{words.finished(formats.number(done.length), done.length === 1)}</p>
              <Button kind="quiet" aria-label={words.shareStored} onPress={() => onShare(stored)}>
                {own.share}
              </Button>
              <Button kind="quiet" aria-label={words.clear} onPress={() => queue.drop(done.map(({ id }) => id))}>
                ×
              </Button>
            </div>
          )}
        </section>
      )}
      {/* Said aloud; it is seen above. */}
      <p className="unseen" role="status">
        {isOver && words.finished(formats.number(done.length), done.length === 1)}
      </p>
    </>
  );
}

/** How far all of them together are. */
function sumOf(uploads: readonly Upload[]): { max: number; value: number } {
  const on = uploads.filter(({ stage }) => stage !== "refused" && stage !== "failed");
  return { max: on.reduce((sum, { file }) => sum + file.size, 0), value: on.reduce((sum, { sentBytes }) => sum + sentBytes, 0) };
}
