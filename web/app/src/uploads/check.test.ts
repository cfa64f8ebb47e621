import { expect, it } from "vitest";
import { kindsOf, refusalOf, refusalsOf } from "./check";
import { Pace } from "./pace";

const LIMITS = { allowedExtensions: ["docx", "xlsx"], maxFileBytes: 1000 };

it.each([
  ["a.docx", 10, null],
  ["A.DOCX", 1000, null],
  ["a.docx", 1001, "too_large"],
  ["a.docx", 0, "empty"],
  ["a.docx.exe", 10, "kind"],
  ["docx", 10, "kind"],
] as const)("%s of %d bytes: %s", (name, size, refusal) => expect(refusalOf({ name, size }, LIMITS)).toBe(refusal));

it("refuses what has no room left beside what comes with it, and goes on to what has", () => {
  const incoming = (name: string, size: number) => ({ path: name, file: new File(["x".repeat(size)], name) });
  const files = [incoming("a.docx", 600), incoming("b.docx", 500), incoming("c.exe", 10), incoming("d.docx", 400), incoming("e.docx", 1)];
  expect(refusalsOf(files, LIMITS, 1000)).toEqual([null, "no_room", "kind", null, "no_room"]);
  expect(refusalsOf(files, LIMITS, null)).toEqual([null, null, "kind", null, null]);
  expect(refusalsOf([{ ...incoming("a.docx", 0), isUnreadable: true }], LIMITS, 0)).toEqual(["unreadable"]);
});

it("names the kinds", () => expect(kindsOf(LIMITS)).toBe(".docx, .xlsx"));

it("measures the pace of the last seconds, not of a pause before them", () => {
  const pace = new Pace();
  expect(pace.at(0, 0)).toBe(0);
  expect(pace.at(500, 1000)).toBe(500);
  expect(pace.at(1500, 2000)).toBe(750);
  pace.rest();
  expect(pace.at(1500, 60_000)).toBe(0);
  expect(pace.at(3500, 61_000)).toBe(2000);
});
