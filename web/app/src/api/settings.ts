// What the server says of itself before anybody has signed in: /config.json.
import { createContext, use } from "react";
import { address } from "./prefix";

export type SignupMode = "open" | "invite" | "closed";

export interface Settings {
  signup: { client: SignupMode; ops: SignupMode };
  /** Where mail goes to files, in a first try on this machine: the folder. */
  mailFolder: string | null;
  /** Where browsers keep passkeys for this server; nowhere, where it is known by a number or over http. */
  passkeyOrigin: string | null;
  uploads: { allowedExtensions: string[]; maxFileBytes: number };
  sharing: { everyClientAllowed: boolean };
  /** How long a deleted file can be brought back; 0 where there is no trash. */
  trashDays: number;
}

/** Fails where the server is not reached. */
export async function readSettings(): Promise<Settings> {
  const response = await fetch(address("config.json"), { credentials: "same-origin" });
  if (!response.ok) throw new Error(`config.json: ${response.status}`);
  return (await response.json()) as Settings;
}

export const SettingsContext = createContext<Settings | null>(null);

export function useSettings(): Settings {
  const settings = use(SettingsContext);
  if (!settings) throw new Error("there are settings only inside of the app");
  return settings;
}
