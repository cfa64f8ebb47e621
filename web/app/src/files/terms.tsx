import type { ReactNode } from "react";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { standingOf } from "./standing";

interface Props {
  share: { expiresAt: string | null; downloadsLeft: number | null } | null;
  now: Date;
  /** What is said in place of how often it may still be downloaded, where that is any number. */
  children?: ReactNode;
}

/** Until when a share holds, and how many downloads are left. */
export function Terms({ share, now, children }: Props) {
  const { shared } = useTexts();
  const formats = useFormats();
  const standing = standingOf(share, now);
  const until = share?.expiresAt ?? null;
  const ends =
    standing === "ended" ? shared.ended
    : until === null ? shared.forGood
    : standing === "soon" ? shared.ends(formats.near(until, now))
    : shared.until(formats.day(until, now));
  const left = share?.downloadsLeft ?? null;
  return (
    <div className="terms">
      <p className={standing === "soon" || standing === "ended" ? "urgent" : undefined} title={until === null ? undefined : formats.moment(until)}>
        {ends}
      </p>
      <p className={left === 0 ? "urgent" : undefined}>{left === null ? children : left === 0 ? shared.usedUp : shared.left(left)}</p>
    </div>
  );
}
