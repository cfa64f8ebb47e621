import { expect, it } from "vitest";
import { refusalOf } from "./passkeys";

it.each([
  ["NotAllowedError", "unwanted"],
  ["AbortError", "unwanted"],
  ["InvalidStateError", "known"],
  ["SecurityError", "failed"],
  ["", "failed"],
])("takes %s for %s", (name, refusal) => expect(refusalOf(name)).toBe(refusal));
