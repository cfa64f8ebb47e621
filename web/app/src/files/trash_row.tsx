import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Moment } from "./moment";
import type { TrashItem } from "./own_operations";
import { PickCell } from "./pick_cell";
import { Tab } from "./tab";
import type { Chosen } from "./use_selection";

interface Props {
  file: TrashItem;
  now: Date;
  isTabStop: boolean;
  chosen: Chosen<TrashItem>;
  onRestore: (files: readonly TrashItem[]) => Promise<void>;
  onRemove: (files: readonly TrashItem[]) => void;
}

/** A file in the trash: when it was deleted, and when it is gone for good. */
export function TrashRow({ file, now, isTabStop, chosen, onRestore, onRemove }: Props) {
  const { trash } = useTexts();
  const formats = useFormats();
  return (
    <>
      <PickCell chosen={chosen} file={file} isTabStop={isTabStop} />
      <div role="rowheader" className="what">
        <Tab name={file.name} />
        <span className="name" title={file.name}>
          <bdi>{file.name}</bdi>
        </span>
      </div>
      <div role="cell" className="stored">
        {file.deletedAt && <Moment at={file.deletedAt} now={now} />}
      </div>
      <div role="cell" className="size">
        {formats.size(file.size)}
      </div>
      <div role="cell" className="terms" title={file.restorableUntil ? formats.moment(file.restorableUntil) : undefined}>
        {file.restorableUntil && formats.near(file.restorableUntil, now)}
      </div>
      <div role="cell" className="acts">
        <Button aria-label={trash.restoreNamed(file.name)} excludeFromTabOrder={!isTabStop} onPress={() => void onRestore([file])}>
          {trash.restore}
        </Button>
        <Button kind="quiet" className="more" aria-label={trash.removeNamed(file.name)} excludeFromTabOrder={!isTabStop} onPress={() => onRemove([file])}>
          <svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
            <path d="M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.8 11h8.4l.8-11M8.3 8.5l.3 5M11.7 8.5l-.3 5" />
          </svg>
        </Button>
      </div>
    </>
  );
}
