// All texts, in German.
import type { Texts } from "../en";
import { admin } from "./admin";
import { errors } from "./errors";
import { everyone } from "./everyone";
import { files } from "./files";
import { settings } from "./settings";
import { uploads } from "./uploads";

export const de: Texts = {
  languageName: "Deutsch",
  locale: "de-DE",
  errors,
  ...everyone,
  ...files,
  ...uploads,
  ...settings,
  ...admin,
};
