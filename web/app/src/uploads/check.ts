// What can be refused before a byte is sent. The server looks at the content, too.
import type { Settings } from "../api/settings";

export type Refusal = "kind" | "too_large" | "empty";

export function refusalOf(file: { name: string; size: number }, limits: Settings["uploads"]): Refusal | null {
  const dot = file.name.lastIndexOf(".");
  const extension = dot < 0 ? "" : file.name.slice(dot + 1).toLowerCase();
  if (!limits.allowedExtensions.includes(extension)) return "kind";
  if (file.size === 0) return "empty";
  return file.size > limits.maxFileBytes ? "too_large" : null;
}

/** `.docx, .pptx` */
export const kindsOf = (limits: Settings["uploads"]) => limits.allowedExtensions.map((extension) => `.${extension}`).join(", ");
