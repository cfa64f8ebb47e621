// What browsers do with passkeys (WebAuthn).
import { useSettings } from "../api/settings";

/** Why a browser gives none: nobody wanted to, or there is none; it has one of this account already; or it cannot. */
export type Refusal = "unwanted" | "known" | "failed";

type Answer = { credential: string } | { refusal: Refusal };

/** Whether there can be passkeys on this page: browsers keep each for one origin, and lend them to secure contexts only. */
export function usePasskeysHere(): boolean {
  const { passkeyOrigin } = useSettings();
  const isAble = typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;
  return isSecureContext && isAble && passkeyOrigin === location.origin;
}

/** Makes one, as the server's options want it. */
export function makePasskey(options: string): Promise<Answer> {
  const publicKey = () => PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options) as PublicKeyCredentialCreationOptionsJSON);
  return answerOf(() => navigator.credentials.create({ publicKey: publicKey() }));
}

/** Has the reader choose one, and prove to hold it. */
export function showPasskey(options: string): Promise<Answer> {
  const publicKey = () => PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON);
  return answerOf(() => navigator.credentials.get({ publicKey: publicKey() }));
}

async function answerOf(ask: () => Promise<Credential | null>): Promise<Answer> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return { credential: JSON.stringify(credential.toJSON()) };
    return { refusal: "unwanted" };
  } catch (cause) {
    return { refusal: refusalOf(cause instanceof DOMException ? cause.name : "") };
  }
}

export function refusalOf(name: string): Refusal {
  return name === "NotAllowedError" || name === "AbortError" ? "unwanted" : name === "InvalidStateError" ? "known" : "failed";
}
