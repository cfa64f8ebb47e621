import { expect, it } from "vitest";
import { NOTHING, everything, pick, successor, within } from "./selection";

const ITEMS = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
const idsOf = (selection: typeof NOTHING) => [...selection.ids].sort().join("");

it("takes one and gives it up again", () => {
  const one = pick(NOTHING, ITEMS, "b", false);
  expect(idsOf(one)).toBe("b");
  expect(idsOf(pick(one, ITEMS, "b", false))).toBe("");
  expect(idsOf(pick(one, ITEMS, "d", false))).toBe("bd");
});

it("takes a range up and down from where it began, beside what was chosen before", () => {
  const begun = pick(pick(NOTHING, ITEMS, "e", false), ITEMS, "b", false);
  expect(idsOf(pick(begun, ITEMS, "d", true))).toBe("bcde");
  expect(idsOf(pick(begun, ITEMS, "a", true))).toBe("abe");
  // The beginning stays where it was.
  expect(idsOf(pick(pick(begun, ITEMS, "c", true), ITEMS, "a", true))).toBe("abce");
});

it("takes one where a range has no beginning that is still there", () => {
  expect(idsOf(pick(NOTHING, ITEMS, "c", true))).toBe("c");
  const gone = pick(NOTHING, [...ITEMS, { id: "x" }], "x", false);
  expect(idsOf(pick(gone, ITEMS, "c", true))).toBe("cx");
});

it("counts only what is in the list", () => {
  const all = everything([...ITEMS, { id: "x" }]);
  expect(within(all, ITEMS)).toEqual(ITEMS);
  expect(within(NOTHING, ITEMS)).toEqual([]);
});

it("knows what takes the place of rows that go", () => {
  expect(successor(ITEMS, new Set(["b"]))).toBe("c");
  expect(successor(ITEMS, new Set(["b", "c"]))).toBe("d");
  expect(successor(ITEMS, new Set(["d", "e"]))).toBe("c");
  expect(successor(ITEMS, new Set(["a", "b", "c", "d", "e"]))).toBe(null);
  expect(successor(ITEMS, new Set(["x"]))).toBe(null);
});
