// What went wrong, by the contract's codes, and what a field takes.
import type { Code, Problem } from "../../api/problem";

const code: Record<Code, (problem: Problem, inWords: { duration: string; size: string }) => string> = {
  UNAUTHENTICATED: () => "You are not signed in any more. Sign in again.",
  FORBIDDEN: () => "You may not do this here.",
  NOT_FOUND: () => "It is not there any more, or was never shared with you.",
  BAD_USER_INPUT: (problem) => problem.message,
  CONFLICT: (problem) => problem.message,
  INVALID_CREDENTIALS: () => "The e-mail address, the password or the code is wrong.",
  EMAIL_NOT_VERIFIED: () => "Your address is not confirmed yet. Open the link in the mail that we sent you.",
  TOTP_REQUIRED: () => "Your account is protected by a second factor. Type the code that your authenticator shows.",
  INVALID_TOKEN: () => "This link is not good any more: it was used, is too old, or is not whole.",
  RATE_LIMITED: (_, { duration }) => `That were too many tries. Come back in ${duration}.`,
  UNSUPPORTED_FILE_TYPE: () => "Files of this kind are not taken, or the content is not what the name says.",
  FILE_TOO_LARGE: (_, { size }) => `The file is too large; at most ${size} are taken.`,
  QUOTA_EXCEEDED: (_, { size }) => `There is no room left for this file; you may store ${size}.`,
  UPLOAD_INCOMPLETE: () => "The transfer ended early and nothing was stored. Try again.",
  UNAVAILABLE: ({ outcome }) =>
    outcome === "unknown"
      ? "The server has trouble at the moment. Look whether it was done before you try again."
      : "The server has trouble at the moment. Nothing was done; try again in a while.",
  GONE: () => "This link has run out. Ask for a new one.",
  INTERNAL: ({ requestId }) =>
    requestId ? `Something went wrong on the server. If it stays so, report the number ${requestId}.` : "Something went wrong on the server.",
  OFFLINE: () => "The server cannot be reached. Look at your connection and try again.",
};

const field: Record<string, string> = {
  name: "Write a name of 1 to 255 characters.",
  email: "This is not an e-mail address.",
  newEmail: "This is not an e-mail address.",
  password: "Use 8 to 1024 characters that nobody guesses; several unrelated words are good.",
  recipients: "Each of them has to be the address of a client who has confirmed it.",
  expiresAt: "Choose a day that is not over.",
  maxDownloads: "Write a number from 1, or nothing.",
  to: "Choose an active person who uploads files and was never an administrator, from the list.",
  files: "Choose an active person who uploads files and was never an administrator, from the list.",
  emails: "Write 1 to 100 addresses.",
  newPassword: "Use 8 to 1024 characters that nobody guesses; several unrelated words are good.",
};

export const errors = {
  code,
  field,
  heading: "This did not work",
};
