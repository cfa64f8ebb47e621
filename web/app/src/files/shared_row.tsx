import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Moment } from "./moment";
import { Tab } from "./tab";
import { Terms } from "./terms";
import { standingOf } from "./standing";
import type { SharedFileItem } from "./shared_operations";

interface Props {
  file: SharedFileItem;
  now: Date;
  isNew: boolean;
  onDownload: (file: SharedFileItem) => void;
}

/** A file in the ledger of what was shared: when, what, by whom, until when, and how often still. */
export function SharedRow({ file, now, isNew, onDownload }: Props) {
  const { shared } = useTexts();
  const formats = useFormats();
  const share = file.myShare;
  const standing = standingOf(share, now);
  return (
    <article className={`row ${standing}${isNew ? " new" : ""}`}>
      {share && <Moment at={share.sharedAt} now={now} />}
      <Tab name={file.name} />
      <div className="what">
        <h2 className="name" title={file.name}>
          <bdi>{file.name}</bdi>
        </h2>
        <p className="from">
          <span title={share?.sharedBy.email}>{share && shared.by(share.sharedBy.name)}</span>
          <span>{formats.size(file.size)}</span>
        </p>
      </div>
      <Terms share={share} now={now}>
        {share?.lastDownloadedAt && shared.downloaded(formats.near(share.lastDownloadedAt, now))}
      </Terms>
      <Button
        className="act"
        aria-label={shared.downloadNamed(file.name)}
        isDisabled={standing === "ended" || standing === "used"}
        onPress={() => onDownload(file)}
      >
        <Arrow />
        <span>{shared.download}</span>
      </Button>
    </article>
  );
}

function Arrow() {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="M10 3v9.5m-4-4 4 4 4-4M4 16.5h12" />
    </svg>
  );
}
