import { describe, expect, it } from "vitest";
import { adviceOf } from "./key_advice";
import type { Key } from "./operations";

const NOW = new Date("2026-11-21T09:30:00Z");
const NOTHING = { files: 0, secondFactors: 0, mails: 0, tokensUntil: null };
const old = (needs: Partial<NonNullable<Key["needs"]>>) => ({ state: "OLD" as const, needs: { ...NOTHING, ...needs } });

describe("what is to be done about a key", () => {
  it("is nothing about one in use, one that waits, and one that is gone", () => {
    for (const state of ["CURRENT", "ADDED", "RETIRED"] as const) expect(adviceOf({ state, needs: null }, undefined, NOW).is).toBe("nothing");
  });

  it("is to retire an old one that nothing needs", () => {
    expect(adviceOf(old({}), "DONE", NOW).is).toBe("retire");
    expect(adviceOf(old({ tokensUntil: "2026-11-21T09:29:59Z" }), "DONE", NOW).is).toBe("retire");
  });

  it("is to wait for what it has made", () => {
    const moment = "2026-11-21T09:30:01Z";
    expect(adviceOf(old({ tokensUntil: moment }), "DONE", NOW)).toEqual({ is: "until", moment });
  });

  it("is to wait for the rotation, and to look what a finished one has left", () => {
    expect(adviceOf(old({ files: 3 }), "REWRAPPING", NOW).is).toBe("rewrapping");
    expect(adviceOf(old({ files: 3, mails: 1 }), "DONE", NOW)).toEqual({ is: "needed", files: 3, secondFactors: 0, mails: 1 });
  });
});
