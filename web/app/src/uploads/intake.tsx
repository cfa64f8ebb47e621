// Where files come in: dropped anywhere on the page, or chosen.
import { useEffect, useRef, useState } from "react";
import type { ChangeEvent } from "react";
import { useSettings } from "../api/settings";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { kindsOf } from "./check";
import { filesChosen, filesOf } from "./dropped";
import { queue } from "./queue";

export function Intake() {
  const { uploads: words } = useTexts();
  const formats = useFormats();
  const { uploads: limits } = useSettings();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
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
      void filesOf(event.dataTransfer).then((incoming) => queue.add(incoming, limits));
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

  // React's types do not know it.
  useEffect(() => folder.current?.setAttribute("webkitdirectory", ""), []);

  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    queue.add(filesChosen(target.files), limits);
    target.value = "";
  };

  return (
    <div className={isOver ? "intake over" : "intake"}>
      <div>
        <p className="intake-title">{words.drop}</p>
        <p className="soft">{words.dropText(kindsOf(limits), formats.size(limits.maxFileBytes))}</p>
      </div>
      <div className="actions">
        <Button kind="primary" onPress={() => files.current?.click()}>
          {words.choose}
        </Button>
        <Button onPress={() => folder.current?.click()}>{words.chooseFolder}</Button>
      </div>
      <input ref={files} type="file" multiple hidden aria-label={words.choose} accept={kindsOf(limits)} onChange={take} />
      <input ref={folder} type="file" hidden aria-label={words.chooseFolder} onChange={take} />
    </div>
  );
}
