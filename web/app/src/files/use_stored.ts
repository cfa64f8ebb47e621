import { useEffect } from "react";
import { queue } from "../uploads/queue";

/** Many small files are stored one shortly after the other. */
const TOGETHER_MS = 300;

/** Calls `act` when files have been stored, once for some together. */
export function useStored(act: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = queue.onStored(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        act();
      }, TOGETHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [act]);
}
