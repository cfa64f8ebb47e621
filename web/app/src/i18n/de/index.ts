// All texts, in German.
import type { Texts } from "../en";
import { admin } from "./admin";
import { audit } from "./audit";
import { errors } from "./errors";
import { everyone } from "./everyone";
import { files } from "./files";
import { people } from "./people";
import { settings } from "./settings";
import { uploads } from "./uploads";
import { system } from "./system";

export const de: Texts = {
  languageName: "Deutsch",
  locale: "de-DE",
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
