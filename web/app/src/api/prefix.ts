/** The path that the server stands below, without a slash at its end: where the assets come from says it. */
export const PREFIX = import.meta.env.DEV ? "" : new URL(/* @vite-ignore */ "..", import.meta.url).pathname.replace(/\/$/, "");

/** The address of something on the server. */
export function address(path: string): string {
  return `${PREFIX}/${path}`;
}
