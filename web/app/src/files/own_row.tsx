import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { FileMenu } from "./file_menu";
import type { FileActs } from "./file_menu";
import { Moment } from "./moment";
import type { OwnFileItem } from "./own_operations";
import { PickCell } from "./pick_cell";
import { Tab } from "./tab";
import type { Chosen } from "./use_selection";

interface Props {
  file: OwnFileItem;
  now: Date;
  isTabStop: boolean;
  chosen: Chosen<OwnFileItem>;
  acts: FileActs;
}

/** A file in the table of what somebody has stored. */
export function OwnRow({ file, now, isTabStop, chosen, acts }: Props) {
  const { own } = useTexts();
  const formats = useFormats();
  return (
    <>
      <PickCell chosen={chosen} file={file} isTabStop={isTabStop} />
      <div role="rowheader" className="what">
        <Tab name={file.name} />
        <Button kind="quiet" className="name" excludeFromTabOrder={!isTabStop} onPress={() => acts.look(file)}>
          <bdi title={file.name}>{file.name}</bdi>
        </Button>
      </div>
      <div role="cell" className="stored">
        <Moment at={file.uploadedAt} now={now} />
      </div>
      <div role="cell" className="size">
        {formats.size(file.size)}
      </div>
      <div role="cell" className="terms">
        {own.sharedWith(file.shares.totalCount)}
      </div>
      <div role="cell" className="acts">
        <Button className="share" aria-label={own.shareNamed(file.name)} excludeFromTabOrder={!isTabStop} onPress={() => acts.share([file])}>
          {own.share}
        </Button>
        <FileMenu file={file} acts={acts} isTabStop={isTabStop} />
      </div>
    </>
  );
}
