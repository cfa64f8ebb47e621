import { useEffect, useRef } from "react";
import { useTexts } from "../i18n/language";
import type { Chosen } from "./use_selection";

/** The box by which a row is chosen. */
export function PickCell<Item>({ chosen, file, isTabStop }: { chosen: Chosen<Item>; file: { id: string; name: string }; isTabStop: boolean }) {
  const texts = useTexts();
  return (
    <div role="cell" className="pick">
      <input
        type="checkbox"
        aria-label={texts.chosen.one(file.name)}
        tabIndex={isTabStop ? 0 : -1}
        checked={chosen.has(file.id)}
        // A click is what comes of a key, too; it knows of Shift.
        onChange={({ nativeEvent }) => chosen.toggle(file.id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
      />
    </div>
  );
}

/** The box above them, by which all are. */
export function PickHead<Item>({ chosen }: { chosen: Chosen<Item> }) {
  const texts = useTexts();
  const box = useRef<HTMLInputElement>(null);
  const isSome = chosen.items.length > 0 && !chosen.isAll;
  useEffect(() => {
    if (box.current) box.current.indeterminate = isSome;
  }, [isSome]);
  return (
    <div role="columnheader" className="pick">
      <input ref={box} type="checkbox" aria-label={texts.chosen.all} checked={chosen.isAll} onChange={chosen.toggleAll} />
    </div>
  );
}
