// The files on their way to the server. It goes on while somebody looks at other pages, and ends when that person signs out.
import type { Problem } from "../api/problem";
import type { Settings } from "../api/settings";
import { whenLeaving } from "../session/leaving";
import { refusalOf } from "./check";
import type { Refusal } from "./check";
import { Pace } from "./pace";
import { send } from "./send";
import type { Sending } from "./send";

export type Stage = "refused" | "waiting" | "sending" | "paused" | "failed" | "done";

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly stage: Stage;
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  readonly canPause: boolean;
  readonly refusal: Refusal | null;
  readonly problem: Problem | null;
}

const AT_ONCE = 2;

let uploads: readonly Upload[] = [];
let count = 0;
const sendings = new Map<number, Sending>();
const listeners = new Set<() => void>();
const whenStored = new Set<() => void>();
/** Asks to sign in again; given by the page. */
let renew: () => Promise<void> = () => Promise.resolve();

export const queue = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: () => uploads,
  onStored(listener: () => void): () => void {
    whenStored.add(listener);
    return () => whenStored.delete(listener);
  },
  renewBy(ask: () => Promise<void>): void {
    renew = ask;
  },
  add(files: readonly File[], limits: Settings["uploads"]): void {
    const added = files.map((file): Upload => {
      const refusal = refusalOf(file, limits);
      count += 1;
      return { id: count, file, stage: refusal ? "refused" : "waiting", sentBytes: 0, bytesPerSecond: 0, canPause: false, refusal, problem: null };
    });
    show([...uploads, ...added]);
    startMore();
  },
  pause(id: number): void {
    sendings.get(id)?.pause?.();
    change(id, { stage: "paused", bytesPerSecond: 0 });
    startMore();
  },
  resume(id: number): void {
    change(id, { stage: "sending" });
    sendings.get(id)?.resume?.();
  },
  retry(id: number): void {
    sendings.delete(id);
    change(id, { stage: "waiting", sentBytes: 0, problem: null });
    startMore();
  },
  /** Stops it where it is under way, and takes it off the list. */
  drop(id: number): void {
    sendings.get(id)?.cancel();
    sendings.delete(id);
    show(uploads.filter((upload) => upload.id !== id));
    startMore();
  },
};

whenLeaving(() => {
  for (const { id, stage } of uploads) if (stage !== "done") sendings.get(id)?.cancel();
  sendings.clear();
  show([]);
});

function show(next: readonly Upload[]): void {
  uploads = next;
  listeners.forEach((listener) => listener());
  const isBusy = uploads.some(({ stage }) => ["waiting", "sending", "paused"].includes(stage));
  if (typeof window !== "undefined") window.onbeforeunload = isBusy ? (event) => event.preventDefault() : null;
}

function change(id: number, what: Partial<Upload>): void {
  show(uploads.map((upload) => (upload.id === id ? { ...upload, ...what } : upload)));
}

function startMore(): void {
  const free = AT_ONCE - uploads.filter(({ stage }) => stage === "sending").length;
  for (const upload of uploads.filter(({ stage }) => stage === "waiting").slice(0, Math.max(0, free))) start(upload);
}

function start({ id, file }: Upload): void {
  const pace = new Pace();
  const sending = send(file, {
    progress: (sentBytes) => change(id, { sentBytes, bytesPerSecond: pace.at(sentBytes, Date.now()) }),
    done: () => {
      change(id, { stage: "done", sentBytes: file.size });
      whenStored.forEach((listener) => listener());
      startMore();
    },
    failed: (problem) => {
      if (problem.code === "UNAUTHENTICATED") void goOnSignedIn(id);
      else change(id, { stage: "failed", problem });
      startMore();
    },
  });
  sendings.set(id, sending);
  change(id, { stage: "sending", canPause: sending.pause !== undefined });
}

/** The session has ended: what was sent so far stays, where the way allows it. */
async function goOnSignedIn(id: number): Promise<void> {
  change(id, { stage: "paused", bytesPerSecond: 0 });
  await renew();
  const upload = uploads.find((one) => one.id === id);
  if (upload?.canPause) queue.resume(id);
  else if (upload) queue.retry(id);
}
