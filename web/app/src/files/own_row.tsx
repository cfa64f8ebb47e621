import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { OwnFileItem } from "./own_operations";
import { Tab } from "./tab";

/** A file in the ledger of what somebody has stored. */
export function OwnRow({ file, now, onShare }: { file: OwnFileItem; now: Date; onShare: (file: OwnFileItem) => void }) {
  const { own } = useTexts();
  const formats = useFormats();
  return (
    <article className="row">
      <time className="when" dateTime={file.uploadedAt} title={formats.moment(file.uploadedAt)}>
        <span className="day">{formats.day(file.uploadedAt, now)}</span> <span className="time">{formats.time(file.uploadedAt)}</span>
      </time>
      <Tab name={file.name} />
      <div className="what">
        <h2 className="name" title={file.name}>
          <bdi>{file.name}</bdi>
        </h2>
        <p className="from">
          <span>{formats.size(file.size)}</span>
        </p>
      </div>
      <div className="terms">
        <p>{own.sharedWith(file.shares.totalCount)}</p>
      </div>
      <Button className="act wide" aria-label={own.shareNamed(file.name)} onPress={() => onShare(file)}>
        {own.share}
      </Button>
    </article>
  );
}
