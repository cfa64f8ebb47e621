// Where files come in: dropped anywhere on the page, or chosen.
import { useEffect, useRef, useState } from "react";
import { useSettings } from "../api/settings";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { kindsOf } from "./check";
import { filesOf } from "./dropped";
import { queue } from "./queue";

export function Intake() {
  const { own } = useTexts();
  const formats = useFormats();
  const { uploads: limits } = useSettings();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      void filesOf(event.dataTransfer).then((files) => queue.add(files, limits));
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", left);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", left);
      removeEventListener("drop", drop);
    };
  }, [limits]);

  return (
    <div className={isOver ? "intake over" : "intake"}>
      <div>
        <p className="intake-title">{own.drop}</p>
        <p className="soft">{own.dropText(kindsOf(limits), formats.size(limits.maxFileBytes))}</p>
      </div>
      <Button kind="primary" onPress={() => input.current?.click()}>
        {own.choose}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={own.choose}
        accept={kindsOf(limits)}
        onChange={(event) => {
          queue.add([...(event.target.files ?? [])], limits);
          event.target.value = "";
        }}
      />
    </div>
  );
}
