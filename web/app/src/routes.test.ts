import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PAGES } from "./routes";

it("has a page for each address that the server answers with the front end, and no other", () => {
  const served = readFileSync(new URL("../routes.txt", import.meta.url), "utf8").trim().split("\n");
  expect(Object.keys(PAGES).sort()).toEqual(served.sort());
  // The assets' addresses are relative, so all pages lie side by side.
  for (const path of served) expect(path).toMatch(/^\/[a-z-]*$/);
});
