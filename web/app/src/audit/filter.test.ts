import { describe, expect, it } from "vitest";
import { asked, filterIn, fits } from "./filter";
import type { ActItem } from "./operations";

const act: ActItem = {
  id: "event_a", at: new Date(2026, 10, 21, 9, 30).toISOString(), action: "file.uploaded", actor: "user_a", actorUser: null, object: "file_a", address: null, detail: null,
};

describe("the filter of the audit", () => {
  it("is read from the address, and nothing else with it", () => {
    expect(filterIn(new URLSearchParams("actor=user_a&action=&page=3"))).toEqual({ actor: "user_a" });
  });

  it("has both days in it, as they are where the reader is", () => {
    const { since, until } = asked({ since: "2026-11-20", until: "2026-12-31" });
    expect(since).toBe(new Date(2026, 10, 20).toISOString());
    expect(until).toBe(new Date(2027, 0, 1).toISOString());
    expect(asked({ since: "yesterday" }).since).toBeNull();
  });

  it.each([
    [{}, true],
    [{ action: "file.uploaded", actor: "user_a", object: "file_a" }, true],
    [{ action: "file.deleted" }, false],
    [{ actor: "user_b" }, false],
    [{ object: "file_b" }, false],
    [{ since: "2026-11-21", until: "2026-11-21" }, true],
    [{ since: "2026-11-22" }, false],
    [{ until: "2026-11-20" }, false],
  ])("%j lets the event through: %s", (filter, does) => expect(fits(act, filter)).toBe(does));
});
