import { useSyncExternalStore } from "react";
import type { Code } from "../api/problem";
import { useSettings } from "../api/settings";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { useExplanation } from "../ui/use_explanation";
import { kindsOf } from "./check";
import { queue } from "./queue";
import type { Upload } from "./queue";

/** After these another try may go better. */
const MAY_HELP = new Set<Code>(["OFFLINE", "INTERNAL", "UNAVAILABLE", "RATE_LIMITED", "UPLOAD_INCOMPLETE", "QUOTA_EXCEEDED", "CONFLICT", "UNAUTHENTICATED"]);

/** The files on their way, each with how far it is and what can be done about it. */
export function QueueList() {
  const { own } = useTexts();
  const uploads = useSyncExternalStore(queue.subscribe, queue.snapshot);
  if (uploads.length === 0) return null;
  return (
    <section className="queue" aria-label={own.queue}>
      <ul>
        {uploads.map((upload) => (
          <li key={upload.id} className={upload.stage}>
            <QueueItem upload={upload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function QueueItem({ upload }: { upload: Upload }) {
  const { own } = useTexts();
  const { id, file, stage, sentBytes, problem } = upload;
  const name = file.name;
  const isOver = stage === "done" || stage === "refused" || stage === "failed";
  return (
    <>
      <span className="queue-name">
        <bdi>{name}</bdi>
      </span>
      <span className="soft" role={stage === "failed" || stage === "refused" ? "alert" : undefined}>
        <Words upload={upload} />
      </span>
      <progress aria-label={name} max={file.size} value={stage === "waiting" ? 0 : sentBytes} hidden={isOver} />
      <span className="queue-acts">
        {stage === "sending" && upload.canPause && <Button kind="quiet" aria-label={own.pause(name)} onPress={() => queue.pause(id)}>❚❚</Button>}
        {stage === "paused" && <Button kind="quiet" aria-label={own.resume(name)} onPress={() => queue.resume(id)}>▶</Button>}
        {problem && MAY_HELP.has(problem.code) && <Button kind="quiet" aria-label={own.tryAgain(name)} onPress={() => queue.retry(id)}>↻</Button>}
        <Button kind="quiet" aria-label={isOver ? own.dismiss(name) : own.stop(name)} onPress={() => queue.drop(id)}>×</Button>
      </span>
    </>
  );
}

function Words({ upload }: { upload: Upload }) {
  const { own } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const { uploads: limits } = useSettings();
  const { stage, file, sentBytes, bytesPerSecond, problem, refusal } = upload;
  if (refusal === "kind") return own.kind(kindsOf(limits));
  if (refusal === "empty") return own.isEmpty;
  if (refusal === "too_large") return own.tooLarge(formats.size(limits.maxFileBytes));
  if (problem) return explain(problem);
  if (stage === "waiting") return own.waiting;
  if (stage === "paused") return own.paused;
  if (stage === "done") return own.done;
  if (sentBytes >= file.size) return own.checking;
  const left = bytesPerSecond > 0 ? own.timeLeft(formats.duration((file.size - sentBytes) / bytesPerSecond)) : null;
  const speed = bytesPerSecond > 0 ? own.speed(formats.size(bytesPerSecond)) : null;
  return [formats.percent(sentBytes / file.size), speed, left].filter(Boolean).join(" · ");
}
