import { expect, it } from "vitest";
import { de } from "../i18n/de";
import { en } from "../i18n/en";
import { kindOf, reasonOf } from "./words";

it("says why in the language, with what the mail server answered", () => {
  expect(reasonOf("recipient_refused 550", en)).toBe("The recipient is refused (550)");
  expect(reasonOf("unreachable", de)).toBe("Der Mailserver antwortet nicht");
  expect(kindOf("invitation", de)).toBe("Einladung");
});

it("passes on what it does not know", () => {
  expect(reasonOf("moonstruck 999", en)).toBe("moonstruck (999)");
  expect(kindOf("birthday", en)).toBe("birthday");
});
