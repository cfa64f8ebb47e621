import { useEffect, useState } from "react";

/**
 * Gives the focus back to what had it before. React Aria does so too, but in vain where what it covered is still inert: after an answer
 * that came by itself and not by a key, React tidies up later.
 */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () =>
      queueMicrotask(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body;
        if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
      }),
    [before],
  );
}
