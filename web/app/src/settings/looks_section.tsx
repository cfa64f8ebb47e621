import { useState } from "react";
import { useTexts } from "../i18n/language";
import { LanguageSwitch } from "../ui/language_switch";
import { THEMES, chooseTheme, chosenTheme } from "../ui/theme";
import { Section } from "./section";

export function LooksSection() {
  const { settings } = useTexts();
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <Section title={settings.looksTitle}>
      <LanguageSwitch />
      <fieldset className="segments">
        <legend>{settings.theme}</legend>
        {THEMES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              checked={one === theme}
              onChange={() => {
                chooseTheme(one);
                setTheme(one);
              }}
            />
            <span>{settings.themes[one]}</span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
