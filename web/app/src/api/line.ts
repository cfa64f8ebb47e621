// Whether the machine has a network at all. That it has one does not mean that the server is reached.
import { useSyncExternalStore } from "react";

/** Calls `act` each time the network is back. */
export function whenOnline(act: () => void): () => void {
  addEventListener("online", act);
  return () => removeEventListener("online", act);
}

export function whenOffline(act: () => void): () => void {
  addEventListener("offline", act);
  return () => removeEventListener("offline", act);
}

function whenEither(act: () => void): () => void {
  const ends = [whenOnline(act), whenOffline(act)];
  return () => ends.forEach((end) => end());
}

export function useIsOffline(): boolean {
  return useSyncExternalStore(whenEither, () => !navigator.onLine);
}
