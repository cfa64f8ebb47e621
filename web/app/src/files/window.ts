/** Which rows of a long list are in sight, and some around them. */
export interface Window {
  first: number;
  /** The first that is not. */
  end: number;
}

/** Rows beyond what is seen: the next one can be reached by keyboard, and scrolling shows no gap. */
const SPARE = 12;

/** `top` is how far the list's beginning lies above the edge of what is seen, in pixels; below it, it is negative. */
export function windowOf(count: number, rowHeight: number, top: number, seenHeight: number): Window {
  if (rowHeight <= 0) return { first: 0, end: Math.min(count, 4 * SPARE) };
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight)) - SPARE);
  const end = Math.min(count, Math.max(0, Math.ceil((top + seenHeight) / rowHeight)) + SPARE);
  return { first, end: Math.max(first, end) };
}
