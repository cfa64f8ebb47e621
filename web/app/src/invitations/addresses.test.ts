import { describe, expect, it } from "vitest";
import { readAddresses, isAddress } from "./addresses";

describe("a list of addresses", () => {
  it.each([
    ["", []],
    ["ada@example.com", ["ada@example.com"]],
    ["ada@example.com\r\nBEN@Example.com\n\n", ["ada@example.com", "ben@example.com"]],
    ["ada@example.com, ben@example.com; cleo@example.com,", ["ada@example.com", "ben@example.com", "cleo@example.com"]],
    ["Ada Quill <ada@example.com>, <ben@example.com>", ["ada@example.com", "ben@example.com"]],
    ['"Quill, Ada; PhD" <ada@example.com>; Ferris, Carl <carl@example.com>', ["ada@example.com", "carl@example.com"]],
    ["o'neil+files@mail.example.com", ["o'neil+files@mail.example.com"]],
  ])("%j has %j", (text, good) => expect(readAddresses(text)).toEqual({ good, bad: [], twice: [] }));

  it("tells what is no address, as it was written, and what stands there twice", () => {
    expect(readAddresses("Ada@example.com\nada@example.com, ben@, Carl Ferris\nnobody, cleo@example.com\nDora <dora>")).toEqual({
      good: ["ada@example.com", "cleo@example.com"],
      bad: ["ben@", "Carl Ferris", "nobody", "Dora <dora>"],
      twice: ["ada@example.com"],
    });
  });

  it("is not led astray by a quote that nobody closed", () => {
    expect(readAddresses('"Ada <ada@example.com\nben@example.com').good).toEqual(["ben@example.com"]);
  });
});

// The same as in domain/email.rs.
it.each(["", "ada", "@example.com", "ada@", "a b@example.com", "ada@exa mple.com", "ada@@example.com", "ada@-x.com", "ada@example..com", ".ada@example.com", "jürgen@example.com", `${"a".repeat(65)}@example.com`])(
  "%j is no address",
  (text) => expect(isAddress(text)).toBe(false),
);
