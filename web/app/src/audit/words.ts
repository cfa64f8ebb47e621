import { useCallback } from "react";
import { useTexts } from "../i18n/language";
import type { Texts } from "../i18n/en";
import type { ActItem } from "./operations";

type Table = Readonly<Record<string, string>>;

/** The words of an act; one that is not known is told by its code. */
export function wordsOf(audit: Texts["audit"], action: string): string {
  return (audit.acts as Table)[action] ?? action;
}

/** How an event is told. */
export function useWords() {
  const { audit, roles } = useTexts();
  const who = useCallback(
    (act: ActItem) => act.actorUser?.name ?? (audit.actors as Table)[act.actor] ?? audit.deleted,
    [audit],
  );
  const did = useCallback((act: ActItem) => (act.action in audit.acts ? audit.did(wordsOf(audit, act.action)) : act.action), [audit]);
  /** What stands beside it, where there are words for it: a role, or a reason. */
  const detail = useCallback((word: string) => (audit.inDetail as Table)[word] ?? (roles as Table)[word], [audit, roles]);
  return { who, did, detail };
}
