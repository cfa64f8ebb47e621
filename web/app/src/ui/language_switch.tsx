import { LANGUAGES, useLanguage } from "../i18n/language";

const NAMES = { en: "English", de: "Deutsch" } as const;

/** One button a language, each in its own. */
export function LanguageSwitch() {
  const { language, texts, choose } = useLanguage();
  return (
    <div className="languages" role="group" aria-label={texts.settings.language}>
      {LANGUAGES.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => choose(one)}>
          {NAMES[one]}
        </button>
      ))}
    </div>
  );
}
