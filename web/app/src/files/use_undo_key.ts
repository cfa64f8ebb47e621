import { useCallback, useEffect, useRef } from "react";

/** Answers what sets the act that Ctrl+Z (on a Mac, Command+Z) does while this page is shown. */
export function useUndoKey(): (undo: (() => void) | null) => void {
  const act = useRef<(() => void) | null>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      // In a line of text it is for the text.
      const isText = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
      if (!isUndo || isText || !act.current) return;
      event.preventDefault();
      act.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  return useCallback((undo) => {
    act.current = undo;
  }, []);
}
