// The files on their way to the server. It goes on while somebody looks at other pages, and ends when that person signs out.
import type { Problem } from "../api/problem";
import type { Settings } from "../api/settings";
import { whenLeaving } from "../session/leaving";
import { refusalsOf } from "./check";
import type { Refusal } from "./check";
import type { Incoming } from "./dropped";
import { Pace } from "./pace";
import { send } from "./send";
import type { Sending } from "./send";

/** `held`: until somebody has signed in again. */
export type Stage = "refused" | "waiting" | "sending" | "paused" | "held" | "failed" | "done";

export interface Upload {
  readonly id: number;
  readonly file: File;
  /** Its name or, from a folder, the path in it. */
  readonly path: string;
  readonly stage: Stage;
  readonly sentBytes: number;
  readonly bytesPerSecond: number;
  readonly canPause: boolean;
  readonly refusal: Refusal | null;
  readonly problem: Problem | null;
  /** What the server calls it, as soon as it is stored. */
  readonly storedId: string | null;
}

/** Those that the page must not be left for. */
const BUSY: readonly Stage[] = ["waiting", "sending", "paused", "held"];
const AT_ONCE = 2;

let uploads: readonly Upload[] = [];
let count = 0;
/** How many bytes may still be stored, as the server said last; null for any number. */
let room: number | null = null;
let isHeld = false;
const sendings = new Map<number, Sending>();
/** Those that were refused although somebody was signed in: once more, and it is a failure. */
const doubted = new Set<number>();
const listeners = new Set<() => void>();
const whenStored = new Set<() => void>();
/** Sees to it that somebody is signed in; answers whether the session was good all along. Given by the page. */
let renew: () => Promise<boolean> = () => Promise.resolve(true);

const isBusy = ({ stage }: Upload) => BUSY.includes(stage);

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
  renewBy(ask: () => Promise<boolean>): void {
    renew = ask;
  },
  roomIs(bytes: number | null): void {
    room = bytes;
  },
  /** What is left of it beside what is on its way. */
  room(): number | null {
    return room === null ? null : Math.max(0, room - uploads.filter(isBusy).reduce((sum, { file }) => sum + file.size, 0));
  },
  add(incoming: readonly Incoming[], limits: Settings["uploads"]): void {
    const refusals = refusalsOf(incoming, limits, queue.room());
    const added = incoming.map(({ file, path }, index): Upload => {
      const refusal = refusals[index] ?? null;
      count += 1;
      return { id: count, file, path, stage: refusal ? "refused" : "waiting", sentBytes: 0, bytesPerSecond: 0, canPause: false, refusal, problem: null, storedId: null };
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
  /** From the beginning; one that was refused, too, if the page did that. */
  retry(id: number): void {
    sendings.delete(id);
    change(id, { stage: "waiting", sentBytes: 0, problem: null, refusal: null });
    startMore();
  },
  /** Stops them where they are under way, and takes them off the list. */
  drop(ids: readonly number[]): void {
    for (const id of ids) {
      sendings.get(id)?.cancel();
      sendings.delete(id);
    }
    show(uploads.filter(({ id }) => !ids.includes(id)));
    startMore();
  },
};

whenLeaving(() => {
  for (const { id, stage } of uploads) if (stage !== "done") sendings.get(id)?.cancel();
  sendings.clear();
  doubted.clear();
  isHeld = false;
  room = null;
  show([]);
});

function show(next: readonly Upload[]): void {
  uploads = next;
  listeners.forEach((listener) => listener());
  if (typeof window !== "undefined") window.onbeforeunload = uploads.some(isBusy) ? (event) => event.preventDefault() : null;
}

function change(id: number, what: Partial<Upload>): void {
  show(uploads.map((upload) => (upload.id === id ? { ...upload, ...what } : upload)));
}

function startMore(): void {
  if (isHeld) return;
  const free = AT_ONCE - uploads.filter(({ stage }) => stage === "sending").length;
  for (const upload of uploads.filter(({ stage }) => stage === "waiting").slice(0, Math.max(0, free))) start(upload);
}

function start({ id, file }: Upload): void {
  const pace = new Pace();
  const sending = send(file, {
    progress: (sentBytes) => change(id, { sentBytes, bytesPerSecond: pace.at(sentBytes, Date.now()) }),
    done: (storedId) => {
      doubted.delete(id);
      if (room !== null) room = Math.max(0, room - file.size);
      change(id, { stage: "done", sentBytes: file.size, storedId });
      whenStored.forEach((listener) => listener());
      startMore();
    },
    failed: (problem) => {
      if (problem.code === "UNAUTHENTICATED") void hold(id, problem);
      else change(id, { stage: "failed", problem });
      startMore();
    },
  });
  sendings.set(id, sending);
  change(id, { stage: "sending", canPause: sending.pause !== undefined });
}

/** The session has ended: nothing more is begun before somebody has signed in again, and then all goes on. What was sent so far stays, where the way allows it. */
async function hold(id: number, problem: Problem): Promise<void> {
  change(id, { stage: "held", bytesPerSecond: 0 });
  if (isHeld) return;
  isHeld = true;
  const wasGood = await renew();
  isHeld = false;
  if (wasGood && doubted.has(id)) change(id, { stage: "failed", problem });
  if (wasGood) doubted.add(id);
  for (const upload of uploads.filter(({ stage }) => stage === "held")) {
    if (upload.canPause) queue.resume(upload.id);
    else queue.retry(upload.id);
  }
  startMore();
}
