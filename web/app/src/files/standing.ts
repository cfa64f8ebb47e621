/** How it stands with a share: open; open, but not for long; over; or used up. */
export type Standing = "open" | "soon" | "ended" | "used";

const SOON_MS = 48 * 60 * 60 * 1000;

interface Terms {
  expiresAt: string | null;
  downloadsLeft: number | null;
}

export function standingOf(share: Terms | null, now: Date): Standing {
  if (!share) return "ended";
  const left = share.expiresAt === null ? Infinity : new Date(share.expiresAt).getTime() - now.getTime();
  if (left <= 0) return "ended";
  if (share.downloadsLeft === 0) return "used";
  return left <= SOON_MS ? "soon" : "open";
}
