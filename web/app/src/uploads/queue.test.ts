import { beforeEach, expect, it, vi } from "vitest";
import { leave } from "../session/leaving";
import { queue } from "./queue";
import type { Listener, Sending } from "./send";

const LIMITS = { allowedExtensions: ["docx"], maxFileBytes: 1000 };

/** What was begun: nothing is sent. Names with "large" in them can go on from where they were. */
const begun = vi.hoisted((): { name: string; listener: Listener; resume: ReturnType<typeof vi.fn> }[] => []);
vi.mock("./send", () => ({
  send: (file: File, listener: Listener): Sending => {
    const resume = vi.fn();
    begun.push({ name: file.name, listener, resume });
    return { cancel: () => undefined, ...(file.name.includes("large") ? { pause: () => undefined, resume } : {}) };
  },
}));

const incoming = (name: string, size = 10) => ({ path: name, file: new File(["x".repeat(size)], name) });
const stages = () => queue.snapshot().map(({ file, stage }) => `${file.name} ${stage}`);
const UNAUTHENTICATED = { code: "UNAUTHENTICATED", message: "" } as const;

beforeEach(() => {
  leave();
  begun.length = 0;
});

it("sends two at once, in their order, and leaves out what is refused", () => {
  queue.add(["a.docx", "b.exe", "c.docx", "d.docx"].map((name) => incoming(name)), LIMITS);
  expect(stages()).toEqual(["a.docx sending", "b.exe refused", "c.docx sending", "d.docx waiting"]);
  begun[0]?.listener.done("file_1");
  expect(stages()).toEqual(["a.docx done", "b.exe refused", "c.docx sending", "d.docx sending"]);
  expect(queue.snapshot()[0]?.storedId).toBe("file_1");
});

it("counts what is on its way as stored", () => {
  queue.roomIs(100);
  queue.add([incoming("a.docx", 60)], LIMITS);
  queue.add([incoming("b.docx", 60), incoming("c.docx", 40)], LIMITS);
  expect(stages()).toEqual(["a.docx sending", "b.docx refused", "c.docx sending"]);
  begun[0]?.listener.done(null);
  expect(queue.room()).toBe(0);
  queue.roomIs(1000);
  const [, refused] = queue.snapshot();
  if (refused) queue.retry(refused.id);
  expect(stages()).toEqual(["a.docx done", "b.docx sending", "c.docx sending"]);
});

it("waits for the sign-in, asks for it once, and then all goes on as it can", async () => {
  const answers: ((wasGood: boolean) => void)[] = [];
  const ask = vi.fn(() => new Promise<boolean>((resolve) => answers.push(resolve)));
  queue.renewBy(ask);
  queue.add(["large.docx", "small.docx", "later.docx"].map((name) => incoming(name)), LIMITS);
  begun[0]?.listener.failed(UNAUTHENTICATED);
  begun[1]?.listener.failed(UNAUTHENTICATED);
  expect(stages()).toEqual(["large.docx held", "small.docx held", "later.docx waiting"]);
  expect(ask).toHaveBeenCalledTimes(1);
  answers[0]?.(false);
  await vi.waitFor(() => expect(stages()).toEqual(["large.docx sending", "small.docx sending", "later.docx waiting"]));
  // The large one goes on, the small one begins anew.
  expect(begun[0]?.resume).toHaveBeenCalledTimes(1);
  expect(begun.map(({ name }) => name)).toEqual(["large.docx", "small.docx", "small.docx"]);
});

it("tries once more where somebody was signed in all along, and then gives up", async () => {
  queue.renewBy(() => Promise.resolve(true));
  queue.add([incoming("a.docx")], LIMITS);
  begun[0]?.listener.failed(UNAUTHENTICATED);
  await vi.waitFor(() => expect(begun.length).toBe(2));
  begun[1]?.listener.failed(UNAUTHENTICATED);
  await vi.waitFor(() => expect(stages()).toEqual(["a.docx failed"]));
});

it("forgets everything when somebody signs out", () => {
  queue.add([incoming("a.docx")], LIMITS);
  leave();
  expect(stages()).toEqual([]);
});
