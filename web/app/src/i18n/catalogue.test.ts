import { describe, expect, it } from "vitest";
import { CODES } from "../api/problem";
import { de } from "./de";
import { en } from "./en";
import { firstLanguage } from "./language";

/** Every text with its place, those that are functions too. */
function textsIn(value: unknown, place = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[place, value]];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${place}.${key}`));
}

describe("the catalogue", () => {
  it("has the same texts in each language, and none of them empty", () => {
    const [english, german] = [textsIn(en), textsIn(de)];
    expect(german.map(([place]) => place).sort()).toEqual(english.map(([place]) => place).sort());
    for (const [place, text] of [...english, ...german]) {
      if (typeof text === "string") expect(text.trim(), place).not.toBe("");
      else expect(typeof text, place).toBe("function");
    }
  });

  it("says the same thing in another way, or has a reason not to", () => {
    const same = textsIn(en).filter(([place, text]) => typeof text === "string" && textsIn(de).some(([other, translated]) => other === place && translated === text));
    expect(same.map(([place]) => place)).toEqual([".common.product", ".fields.name", ".fields.code", ".passkeys.title"]);
  });

  it("has words for every code, and whatever the server says beside it", () => {
    const inWords = { duration: "3 minutes", size: "5 GiB" };
    for (const texts of [en, de]) {
      for (const code of CODES) {
        expect(texts.errors.code[code]({ code, message: "From the server." }, inWords).length, code).toBeGreaterThan(10);
      }
      expect(texts.errors.code.RATE_LIMITED({ code: "RATE_LIMITED", message: "" }, inWords)).toContain("3 minutes");
      expect(texts.errors.code.INTERNAL({ code: "INTERNAL", message: "", requestId: "r-1" }, inWords)).toContain("r-1");
      const unavailable = (outcome: "none" | "unknown") => texts.errors.code.UNAVAILABLE({ code: "UNAVAILABLE", message: "", outcome }, inWords);
      expect(unavailable("none")).not.toBe(unavailable("unknown"));
    }
  });
});

describe("the first language", () => {
  it.each([
    [null, ["de-AT", "en"], "de"],
    [null, ["fr-FR", "de"], "de"],
    [null, ["fr"], "en"],
    [null, [], "en"],
    ["en", ["de"], "en"],
    ["xx", ["de"], "de"],
  ] as const)("%s of %s is %s", (chosen, wanted, language) => {
    expect(firstLanguage(chosen, wanted)).toBe(language);
  });
});
