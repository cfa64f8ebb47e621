// All texts, in English. German has the same (../de); a text with something in it is a function.
import { admin } from "./admin";
import { errors } from "./errors";
import { everyone } from "./everyone";
import { files } from "./files";
import { settings } from "./settings";
import { system } from "./system";

export const en = {
  languageName: "English",
  locale: "en-GB",
  errors,
  ...everyone,
  ...files,
  ...settings,
  ...admin,
  ...system,
};

export type Texts = typeof en;
