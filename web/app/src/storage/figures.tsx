import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import type { Usage } from "./operations";
import { PartsBar, partsOf } from "./parts_bar";

/** How much everybody has stored together: in numbers, and as a bar. */
export function Figures({ usage }: { usage: Usage }) {
  const { storage } = useTexts();
  const formats = useFormats();
  const { usedBytes, limitBytes, trashBytes, files, trashedFiles } = usage;
  const figure = (value: string, name: string, more: string) => (
    <div className="figure">
      <dt>{name}</dt>
      <dd>
        <span className="value">{value}</span>
        <span className="soft">{more}</span>
      </dd>
    </div>
  );
  const used = limitBytes === null ? storage.noLimit : storage.ofLimit(formats.size(limitBytes), formats.percent(limitBytes === 0 ? 1 : usedBytes / limitBytes));
  return (
    <>
      <dl className="figures">
        {figure(formats.size(usedBytes), storage.used, used)}
        {figure(formats.number(files), storage.files, formats.size(Math.max(0, usedBytes - trashBytes)))}
        {figure(formats.number(trashedFiles), storage.trash, formats.size(trashBytes))}
      </dl>
      <PartsBar parts={partsOf(usage)} whole={Math.max(limitBytes ?? 0, usedBytes)} />
      <ul className="legend">
        <li className="files">{storage.files}</li>
        <li className="trash">{storage.trash}</li>
        {limitBytes !== null && <li className="free">{storage.free(formats.size(Math.max(0, limitBytes - usedBytes)))}</li>}
      </ul>
    </>
  );
}
