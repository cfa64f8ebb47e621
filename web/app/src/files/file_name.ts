// Names of files as the server takes them (src/domain/name.rs): it repairs none, so what is wrong is said before it is asked.

export type NameFault = "empty" | "separator" | "invisible" | "edge" | "reserved" | "long";

const MOST_BYTES = 255;
/** Control signs, and those that turn the direction of what is read. */
const INVISIBLE = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB]/u;
/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³])$/i;

/** `report` and `.docx`; a name without a dot has no extension. */
export function partsOf(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? { stem: name, extension: "" } : { stem: name.slice(0, dot), extension: name.slice(dot) };
}

/** What is wrong with a name whose extension is given; null where nothing is. */
export function faultOf(stem: string, extension: string): NameFault | null {
  if (stem.trim() === "") return "empty";
  if (/[/\\]/.test(stem)) return "separator";
  if (INVISIBLE.test(stem)) return "invisible";
  if (stem !== stem.trimStart() || (extension === "" && stem !== stem.trimEnd())) return "edge";
  if (RESERVED.test(stem.split(".")[0]?.trim() ?? "")) return "reserved";
  return new TextEncoder().encode((stem + extension).normalize("NFC")).length > MOST_BYTES ? "long" : null;
}
