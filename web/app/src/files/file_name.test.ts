import { expect, it } from "vitest";
import { faultOf, partsOf } from "./file_name";

it("tells a name from its extension", () => {
  expect(partsOf("a.b.docx")).toEqual({ stem: "a.b", extension: ".docx" });
  expect(partsOf("docx")).toEqual({ stem: "docx", extension: "" });
});

it.each([
  ["Annual report", null],
  ["a.b", null],
  ["Über den Dächern 文書", null],
  ["", "empty"],
  ["  ", "empty"],
  ["a/b", "separator"],
  ["a\\b", "separator"],
  ["a\u202Eb", "invisible"],
  ["a\u0007b", "invisible"],
  [" a", "edge"],
  ["CON", "reserved"],
  ["com1.old", "reserved"],
  ["com10", null],
  ["a".repeat(250), null],
  ["a".repeat(251), "long"],
  ["ä".repeat(126), "long"],
  // Composed it is half as long.
  ["a\u0308".repeat(125), null],
] as const)("%j as the name of a .docx: %s", (stem, fault) => expect(faultOf(stem, ".docx")).toBe(fault));
