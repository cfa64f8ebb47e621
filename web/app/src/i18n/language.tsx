// Which language, and the texts in it. English is always at hand; others come when they are chosen.
import { createContext, use, useCallback, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { remember, remembered } from "../session/memory";
import { en } from "./en";
import type { Texts } from "./en";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const LOADERS: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  de: () => import("./de").then((module) => module.de),
};

interface Choice {
  language: Language;
  texts: Texts;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<Choice>({ language: "en", texts: en, choose: () => undefined });

/** What was chosen before, or the first of the browser's languages that there is. */
export function firstLanguage(chosen: string | null, wanted: readonly string[]): Language {
  const known = (tag: string) => LANGUAGES.find((language) => language === tag.slice(0, 2).toLowerCase());
  return (chosen && known(chosen)) || wanted.map(known).find(Boolean) || "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ language: Language; texts: Texts } | null>(null);

  const show = useCallback((language: Language) => {
    LOADERS[language]().then(
      (texts) => {
        document.documentElement.lang = language;
        setShown({ language, texts });
      },
      // The page is older than the server, or the line is gone: English does.
      () => setShown({ language: "en", texts: en }),
    );
  }, []);

  useEffect(() => show(firstLanguage(remembered("language"), navigator.languages)), [show]);

  const choice = useMemo(() => {
    const choose = (language: Language) => {
      remember("language", language);
      show(language);
    };
    return shown && { ...shown, choose };
  }, [shown, show]);

  if (!choice) return null;
  return (
    <LanguageContext value={choice}>
      <I18nProvider locale={choice.texts.locale}>{children}</I18nProvider>
    </LanguageContext>
  );
}

export const useLanguage = () => use(LanguageContext);
export const useTexts = () => use(LanguageContext).texts;
