import type { Code } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { useExplanation } from "../ui/use_explanation";
import { queue } from "./queue";
import type { Upload } from "./queue";

/** After these another try may go better. */
const MAY_HELP = new Set<Code>(["OFFLINE", "INTERNAL", "UNAVAILABLE", "RATE_LIMITED", "UPLOAD_INCOMPLETE", "QUOTA_EXCEEDED", "CONFLICT", "UNAUTHENTICATED"]);

/** A file on its way: how far it is, and what can be done about it. */
export function QueueItem({ upload }: { upload: Upload }) {
  const { uploads: words } = useTexts();
  const { id, path, file, stage, sentBytes, problem } = upload;
  const isOver = stage === "done" || stage === "failed";
  return (
    <>
      <span className="queue-name">
        <bdi>{path}</bdi>
      </span>
      <span className="soft" role={stage === "failed" ? "alert" : undefined}>
        <Words upload={upload} />
      </span>
      <progress aria-label={path} max={file.size} value={stage === "waiting" ? 0 : sentBytes} hidden={isOver} />
      <span className="queue-acts">
        {stage === "sending" && upload.canPause && <Button kind="quiet" aria-label={words.pause(path)} onPress={() => queue.pause(id)}>❚❚</Button>}
        {stage === "paused" && <Button kind="quiet" aria-label={words.resume(path)} onPress={() => queue.resume(id)}>▶</Button>}
        {problem && MAY_HELP.has(problem.code) && <Button kind="quiet" aria-label={words.tryAgain(path)} onPress={() => queue.retry(id)}>↻</Button>}
        <Button kind="quiet" aria-label={isOver ? words.dismiss(path) : words.stop(path)} onPress={() => queue.drop([id])}>×</Button>
      </span>
    </>
  );
}

function Words({ upload }: { upload: Upload }) {
  const { uploads: words } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const { stage, file, sentBytes, bytesPerSecond, problem } = upload;
  if (problem) return explain(problem);
  if (stage === "waiting") return words.waiting;
  if (stage === "paused") return words.paused;
  if (stage === "held") return words.held;
  if (stage === "done") return words.done;
  if (sentBytes >= file.size) return words.checking;
  const left = bytesPerSecond > 0 ? words.timeLeft(formats.duration((file.size - sentBytes) / bytesPerSecond)) : null;
  const speed = bytesPerSecond > 0 ? words.speed(formats.size(bytesPerSecond)) : null;
  return [formats.percent(sentBytes / file.size), speed, left].filter(Boolean).join(" · ");
}
