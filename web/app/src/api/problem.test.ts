import { readFileSync } from "node:fs";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import { CODES, problemIn, problemOf } from "./problem";

/** Of the request itself: a front end that gets one of these is wrong. */
const OURS_TO_AVOID = /^(QUERY_TOO_COMPLEX|GRAPHQL_|PERSISTED_QUERY_)/;

it("knows the codes of docs/ERRORS.md", () => {
  const table = readFileSync(new URL("../../../../docs/ERRORS.md", import.meta.url), "utf8");
  const documented = [...table.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code ?? "").filter((code) => !OURS_TO_AVOID.test(code));
  expect(documented.length).toBeGreaterThan(10);
  expect([...CODES].filter((code) => code !== "OFFLINE").sort()).toEqual(documented.sort());
});

it("reads what stands beside a message", () => {
  expect(problemIn({ code: "BAD_USER_INPUT", field: "email" }, "No.")).toEqual({ code: "BAD_USER_INPUT", message: "No.", field: "email" });
  expect(problemIn({ code: "RATE_LIMITED", retryAfterSeconds: 30 }, "")).toMatchObject({ retryAfterSeconds: 30 });
  expect(problemIn({ code: "UNAVAILABLE", outcome: "unknown" }, "")).toMatchObject({ outcome: "unknown" });
  expect(problemIn({ code: "SOMETHING_NEW", requestId: "r" }, "")).toMatchObject({ code: "INTERNAL", requestId: "r" });
  expect(problemIn({ code: "FILE_TOO_LARGE", limit: "5", field: 1 }, "")).toEqual({ code: "FILE_TOO_LARGE", message: "" });
});

it("takes a server that was not reached for that", () => {
  expect(problemOf(new CombinedError({ networkError: new Error("Failed to fetch") })).code).toBe("OFFLINE");
  const refused = new CombinedError({ graphQLErrors: [{ message: "No.", extensions: { code: "FORBIDDEN" } }] });
  expect(problemOf(refused)).toEqual({ code: "FORBIDDEN", message: "No." });
});
