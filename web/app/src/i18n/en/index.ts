// All texts, in English. German has the same (../de); a text with something in it is a function.
import { admin } from "./admin";
import { audit } from "./audit";
import { errors } from "./errors";
import { everyone } from "./everyone";
import { files } from "./files";
import { people } from "./people";
import { settings } from "./settings";
import { uploads } from "./uploads";
import { system } from "./system";

export const en = {
  languageName: "English",
  locale: "en-GB",
  errors,
  ...everyone,
  ...files,
  ...uploads,
  ...settings,
  ...admin,
  ...people,
  ...audit,
  ...system,
};

export type Texts = typeof en;
