import { expect, it } from "vitest";
import { standingOf } from "./standing";
import { windowOf } from "./window";

it("is what is seen of ten thousand rows, and some around it", () => {
  expect(windowOf(10_000, 80, -200, 800)).toEqual({ first: 0, end: 20 });
  expect(windowOf(10_000, 80, 400_000, 800)).toEqual({ first: 4988, end: 5022 });
  expect(windowOf(10_000, 80, 799_500, 800)).toEqual({ first: 9981, end: 10_000 });
});

it("never reaches over the ends", () => {
  expect(windowOf(0, 0, 0, 800)).toEqual({ first: 0, end: 0 });
  expect(windowOf(3, 80, 0, 800)).toEqual({ first: 0, end: 3 });
  // The list has become short while somebody was far down.
  expect(windowOf(5, 80, 400_000, 800)).toEqual({ first: 0, end: 5 });
  expect(windowOf(50, 80, -5000, 800)).toEqual({ first: 0, end: 12 });
});

it("tells how it stands with a share", () => {
  const now = new Date("2026-11-21T09:30:00Z");
  const terms = (expiresAt: string | null, downloadsLeft: number | null) => standingOf({ expiresAt, downloadsLeft }, now);
  expect(terms(null, null)).toBe("open");
  expect(terms("2026-11-30T09:30:00Z", 2)).toBe("open");
  expect(terms("2026-11-22T09:30:00Z", 2)).toBe("soon");
  expect(terms("2026-11-21T09:30:00Z", 2)).toBe("ended");
  expect(terms("2026-11-22T09:30:00Z", 0)).toBe("used");
  expect(standingOf(null, now)).toBe("ended");
});
