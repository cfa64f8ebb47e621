// What happens while somebody looks on.
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useSubscription } from "urql";
import type { TypedDocumentNode } from "urql";
import { onReconnect } from "../api/socket";
import { Viewer } from "../session/operations";

const AGAIN_MS = 2000;

type NoVariables = Record<string, never>;

/**
 * Calls `onMessage` with each message of a subscription. `onGap` is called when the line was gone: what happened meanwhile has to be
 * asked for. When the session has ended, asking who is signed in brings up the dialog, and then the line is opened again.
 */
export function useLive<Data>(subscription: TypedDocumentNode<Data, NoVariables>, onMessage: (data: Data) => void, onGap: () => void): void {
  const client = useClient();
  const [isPaused, setPaused] = useState(false);
  const [{ data, error }] = useSubscription({ query: subscription, variables: {}, pause: isPaused });
  const told = useRef<Data | null>(null);

  useEffect(() => {
    if (!data || told.current === data) return;
    told.current = data;
    onMessage(data);
  }, [data, onMessage]);

  const resume = useCallback(async () => {
    await client.query(Viewer, {}, { requestPolicy: "network-only" }).toPromise();
    setPaused(false);
    onGap();
  }, [client, onGap]);

  useEffect(() => {
    if (error) setPaused(true);
  }, [error]);

  useEffect(() => {
    if (!isPaused) return;
    const timer = setTimeout(() => void resume(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isPaused, resume]);

  useEffect(() => onReconnect(onGap), [onGap]);
}
