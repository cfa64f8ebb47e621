import type { Key, Rotation } from "./operations";

/** What is to be done about a key, or why nothing can be yet. */
export type Advice =
  | { is: "nothing" }
  /** The rotation under way sees to it. */
  | { is: "rewrapping" }
  | { is: "needed"; files: number; secondFactors: number; mails: number }
  /** What it has made is good until then. */
  | { is: "until"; moment: string }
  | { is: "retire" };

export function adviceOf({ state, needs }: Pick<Key, "state" | "needs">, phase: Rotation["phase"] | undefined, now: Date): Advice {
  if ((state !== "OLD" && state !== "RETIRING") || !needs) return { is: "nothing" };
  const { files, secondFactors, mails, tokensUntil } = needs;
  if (files + secondFactors + mails > 0) return phase === "REWRAPPING" ? { is: "rewrapping" } : { is: "needed", files, secondFactors, mails };
  if (tokensUntil !== null && new Date(tokensUntil) > now) return { is: "until", moment: tokensUntil };
  return { is: "retire" };
}
