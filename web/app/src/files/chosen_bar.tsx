import type { ReactNode } from "react";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { Chosen } from "./use_selection";

interface Props<Item> {
  chosen: Chosen<Item>;
  /** The buttons. */
  children: ReactNode;
}

/** What can be done with the rows that are chosen; it stays in sight. How many they are is said aloud. */
export function ChosenBar<Item>({ chosen, children }: Props<Item>) {
  const texts = useTexts();
  const formats = useFormats();
  const count = chosen.items.length;
  return (
    <>
      <p id="table-keys" className="hint keys">
        {texts.own.keys}
      </p>
      <div className={count > 0 ? "chosen-bar" : "chosen-bar none"} role="group" aria-label={texts.chosen.acts}>
        <p role="status">{count > 0 && texts.chosen.count(formats.number(count), count === 1)}</p>
        {count > 0 && (
          <>
            {children}
            <Button kind="quiet" onPress={chosen.clear}>
              {texts.chosen.none}
            </Button>
          </>
        )}
      </div>
    </>
  );
}
