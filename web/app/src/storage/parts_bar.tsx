interface Part {
  name: "files" | "trash";
  bytes: number;
}

const HEIGHT = 2;

/** How much of the whole each part is, as a bar. The same stands beside it in words, so screen readers pass it by. */
export function PartsBar({ parts, whole }: { parts: readonly Part[]; whole: number }) {
  const width = (bytes: number) => (whole === 0 ? 0 : (100 * bytes) / whole);
  const before = (index: number) => parts.slice(0, index).reduce((sum, part) => sum + part.bytes, 0);
  return (
    <svg className="parts" viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {parts.map((part, index) => (
        <rect key={part.name} className={part.name} x={width(before(index))} width={width(part.bytes)} height={HEIGHT} />
      ))}
    </svg>
  );
}

/** The parts of what is stored: what counts as stored includes the trash. */
export const partsOf = ({ usedBytes, trashBytes }: { usedBytes: number; trashBytes: number }): Part[] => [
  { name: "files", bytes: Math.max(0, usedBytes - trashBytes) },
  { name: "trash", bytes: trashBytes },
];
