import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { de } from "../i18n/de";
import { en } from "../i18n/en";
import { wordsOf } from "./words";

it("has words for every act that the server writes down, under a heading, and for no other", () => {
  const source = readFileSync(new URL("../../../../src/domain/event.rs", import.meta.url), "utf8");
  const actions = [...source.matchAll(/^ {4}\w+ = "([a-z_.]+)";$/gm)].map((match) => match[1]);
  expect(actions.length).toBeGreaterThan(40);
  for (const texts of [en, de]) {
    expect(Object.keys(texts.audit.acts).sort()).toEqual([...actions].sort());
    for (const action of actions) expect(Object.keys(texts.audit.things)).toContain(action?.split(".")[0]);
  }
});

it("tells an act that it does not know by its code", () => {
  expect(wordsOf(en.audit, "moon.landed")).toBe("moon.landed");
});
