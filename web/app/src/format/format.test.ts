import { describe, expect, it } from "vitest";
import { formatsOf } from "./format";

const english = formatsOf("en-GB", "UTC");
const german = formatsOf("de-DE", "UTC");
const NOW = new Date("2026-11-21T09:30:00Z");

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [1024 * 1024 - 1, "1 MiB"],
    [150 * 1024 * 1024, "150 MiB"],
    [5 * 2 ** 30, "5 GiB"],
    [2 ** 53 - 1, "8 PiB"],
  ])("%d bytes are %s", (bytes, text) => expect(english.size(bytes)).toBe(text));

  it("have the language's comma", () => expect(german.size(1536)).toBe("1,5 KiB"));
});

describe("moments", () => {
  it("have the year where it is another one", () => {
    expect(english.day("2026-11-20T10:00:00Z", NOW)).toBe("20 Nov");
    expect(english.day("2025-12-31T10:00:00Z", NOW)).toBe("31 Dec 2025");
  });

  it.each([
    ["2026-11-21T09:30:20Z", "now"],
    ["2026-11-21T09:20:00Z", "10 minutes ago"],
    ["2026-11-21T11:45:00Z", "in 2 hours"],
    ["2026-11-20T09:00:00Z", "yesterday"],
    ["2026-10-01T09:00:00Z", "1 Oct"],
  ])("%s is %s", (moment, words) => expect(english.near(moment, NOW)).toBe(words));

  it("have seconds and a zone where they have to be exact", () => {
    expect(english.exact("2026-11-21T09:30:05Z")).toBe("21 November 2026 at 09:30:05 UTC");
    expect(formatsOf("de-DE", "Europe/Berlin").exact("2026-11-21T09:30:05Z")).toBe("21. November 2026 um 10:30:05 MEZ");
  });

  it("are said in the language", () => expect(german.near("2026-11-21T11:45:00Z", NOW)).toBe("in 2 Stunden"));
});

it("rounds a wait up", () => {
  expect(english.duration(0.2)).toBe("1 second");
  expect(english.duration(90)).toBe("90 seconds");
  expect(english.duration(121)).toBe("3 minutes");
  expect(german.duration(7201)).toBe("3 Stunden");
});
