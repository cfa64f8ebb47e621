import { expect, it } from "vitest";
import { addressesIn, matching } from "./addresses";

it.each([
  ["carl", [], "carl"],
  ["Carl Qu", [], "Carl Qu"],
  ["carl@example.com", [], "carl@example.com"],
  ["carl@example.com,", ["carl@example.com"], ""],
  ["carl@example.com; do", ["carl@example.com"], "do"],
  // Pasted.
  ["carl@example.com dora@example.com", ["carl@example.com", "dora@example.com"], ""],
  ["carl@example.com,\ndora@example.com\n", ["carl@example.com", "dora@example.com"], ""],
  ["", [], ""],
] as const)("%j is %j and %j", (text, whole, rest) => expect(addressesIn(text)).toEqual({ whole, rest }));

const PEOPLE = [
  { id: "1", email: "c.quill@example.com", name: "Carl Quill" },
  { id: "2", email: "dora@example.com", name: "Dora Carlson" },
  { id: "3", email: "eve@elsewhere.com", name: "Eve" },
];
const idsOf = (typed: string, taken: string[] = [], most = 8) => matching(PEOPLE, typed, taken, most).map(({ id }) => id).join("");

it("finds people by parts of their names and addresses", () => {
  expect(idsOf("carl")).toBe("12");
  expect(idsOf("DORA")).toBe("2");
  expect(idsOf("example")).toBe("12");
  expect(idsOf("quill carl")).toBe("1");
  expect(idsOf("nobody")).toBe("");
});

it("puts first who begins so, and leaves out who is named already", () => {
  expect(matching([...PEOPLE].reverse(), "carl", [], 8).map(({ id }) => id)).toEqual(["1", "2"]);
  expect(idsOf("carl", ["c.quill@example.com"])).toBe("2");
  expect(idsOf("", [], 2)).toBe("12");
});
