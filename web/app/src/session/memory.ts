/** What this browser keeps: how the page looks, and nothing of anybody's. */
type Key = "language" | "theme";

export function remembered(key: Key): string | null {
  try {
    return localStorage.getItem(`strongroom.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: Key, value: string): void {
  try {
    localStorage.setItem(`strongroom.${key}`, value);
  } catch {
    // A browser that keeps nothing shows its own choice next time.
  }
}
