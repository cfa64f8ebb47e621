import { CombinedError } from "urql";

/** The codes of docs/ERRORS.md that people can come upon here, and `OFFLINE` where the server was not reached at all. */
export const CODES = [
  "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "BAD_USER_INPUT", "CONFLICT", "INVALID_CREDENTIALS", "EMAIL_NOT_VERIFIED",
  "TOTP_REQUIRED", "INVALID_TOKEN", "RATE_LIMITED", "UNSUPPORTED_FILE_TYPE", "FILE_TOO_LARGE", "QUOTA_EXCEEDED",
  "UPLOAD_INCOMPLETE", "UNAVAILABLE", "GONE", "INTERNAL", "OFFLINE",
] as const;

export type Code = (typeof CODES)[number];

/** What went wrong, as the contract says it. */
export interface Problem {
  code: Code;
  /** In the server's words, which are English. */
  message: string;
  /** Which of the inputs. */
  field?: string;
  retryAfterSeconds?: number;
  /** In bytes. */
  limit?: number;
  /** Of `UNAVAILABLE`: whether anything was done. */
  outcome?: "none" | "unknown";
  requestId?: string;
}

/** Reads an error of urql. */
export function problemOf(error: CombinedError): Problem {
  const first = error.graphQLErrors[0];
  if (!first) return { code: "OFFLINE", message: error.message };
  return problemIn(first.extensions, first.message);
}

/** What the page itself refuses, as the server would: what stands in this field is not good. */
export function refusalOf(field: string): CombinedError {
  return new CombinedError({ graphQLErrors: [{ message: "", extensions: { code: "BAD_USER_INPUT", field } }] });
}

/** Reads what stands beside an error's message. Whatever is not of the contract counts as `INTERNAL`. */
export function problemIn(extensions: Record<string, unknown>, message: string): Problem {
  const code = CODES.find((known) => known === extensions.code) ?? "INTERNAL";
  const problem: Problem = { code, message };
  if (typeof extensions.field === "string") problem.field = extensions.field;
  if (typeof extensions.retryAfterSeconds === "number") problem.retryAfterSeconds = extensions.retryAfterSeconds;
  if (typeof extensions.limit === "number") problem.limit = extensions.limit;
  if (extensions.outcome === "none" || extensions.outcome === "unknown") problem.outcome = extensions.outcome;
  if (typeof extensions.requestId === "string") problem.requestId = extensions.requestId;
  return problem;
}
