const KINDS = { docx: "text", xlsx: "table", pptx: "slides" } as const;

/** The tab of a folder, with what the file is. The name says it too. */
export function Tab({ name }: { name: string }) {
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  const kind = extension in KINDS ? KINDS[extension as keyof typeof KINDS] : "other";
  return (
    <span className={`tab ${kind}`} aria-hidden="true">
      {extension.slice(0, 4)}
    </span>
  );
}
