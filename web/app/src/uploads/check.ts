// What can be refused before a byte is sent. The server looks at the content, too.
import type { Settings } from "../api/settings";
import type { Incoming } from "./dropped";

export type Refusal = "kind" | "too_large" | "empty" | "no_room" | "unreadable";

export function refusalOf(file: { name: string; size: number }, limits: Settings["uploads"]): Exclude<Refusal, "no_room" | "unreadable"> | null {
  const dot = file.name.lastIndexOf(".");
  const extension = dot < 0 ? "" : file.name.slice(dot + 1).toLowerCase();
  if (!limits.allowedExtensions.includes(extension)) return "kind";
  if (file.size === 0) return "empty";
  return file.size > limits.maxFileBytes ? "too_large" : null;
}

/** What is refused of files that come together; `room` is what may still be stored in bytes, null for any number. */
export function refusalsOf(incoming: readonly Incoming[], limits: Settings["uploads"], room: number | null): (Refusal | null)[] {
  let left = room ?? Infinity;
  return incoming.map(({ file, isUnreadable }) => {
    const refusal = isUnreadable ? "unreadable" : refusalOf(file, limits);
    if (refusal) return refusal;
    if (file.size > left) return "no_room";
    left -= file.size;
    return null;
  });
}

/** `.docx, .pptx` */
export const kindsOf = (limits: Settings["uploads"]) => limits.allowedExtensions.map((extension) => `.${extension}`).join(", ");
