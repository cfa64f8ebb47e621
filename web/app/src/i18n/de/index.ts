// All texts, in German.
import type { Texts } from "../en";
import { admin } from "./admin";
import { errors } from "./errors";
import { everyone } from "./everyone";
import { files } from "./files";
import { settings } from "./settings";
import { system } from "./system";

export const de: Texts = {
  languageName: "Deutsch",
  locale: "de-DE",
  errors,
  ...everyone,
  ...files,
  ...settings,
  ...admin,
  ...system,
};
