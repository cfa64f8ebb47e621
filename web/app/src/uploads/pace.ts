const SPAN_MS = 5000;

/** How fast something goes, by what was seen in the last few seconds. */
export class Pace {
  private seen: { bytes: number; at: number }[] = [];

  /** Bytes a second, now that so many have gone. */
  at(bytes: number, now: number): number {
    this.seen = [...this.seen.filter((one) => now - one.at <= SPAN_MS), { bytes, at: now }];
    const first = this.seen[0];
    return first && now > first.at ? ((bytes - first.bytes) / (now - first.at)) * 1000 : 0;
  }

  /** What comes after a pause begins anew. */
  rest(): void {
    this.seen = [];
  }
}
