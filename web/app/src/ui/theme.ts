import { remember, remembered } from "../session/memory";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export function chosenTheme(): Theme {
  return THEMES.find((theme) => theme === remembered("theme")) ?? "system";
}

/** Shows the page in it; CSS does the rest (tokens.css). */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  remember("theme", theme);
  showTheme(theme);
}
