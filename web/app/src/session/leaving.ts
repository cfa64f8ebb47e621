// What has to be dropped when somebody signs out: nothing of one person's is for the next.
const listeners = new Set<() => void>();

/** Calls `act` each time somebody has signed out. */
export function whenLeaving(act: () => void): void {
  listeners.add(act);
}

export function leave(): void {
  listeners.forEach((act) => act());
}
