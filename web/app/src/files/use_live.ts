// What happens while somebody looks on.
import { useEffect, useEffectEvent, useState } from "react";
import { useClient } from "urql";
import type { TypedDocumentNode } from "urql";
import { onBreak, onReconnect } from "../api/socket";
import { Viewer } from "../session/operations";

const AGAIN_MS = 2000;

interface Ears<Data> {
  onMessage: (data: Data) => void;
  onLoss?: () => void;
  onGap: () => void;
}

/**
 * Calls `onMessage` with each message of a subscription, also where several come at once; `onLoss` when the line goes; and `onGap` when it
 * was gone: what happened meanwhile has to be asked for. When the session has ended, asking who is signed in brings up the dialog, and then
 * the line is opened again.
 */
export function useLive<Data>(subscription: TypedDocumentNode<Data, Record<string, never>>, { onMessage, onLoss, onGap }: Ears<Data>): void {
  const client = useClient();
  const [isPaused, setPaused] = useState(false);
  const tell = useEffectEvent(onMessage);
  const tellLoss = useEffectEvent(() => onLoss?.());
  const tellGap = useEffectEvent(onGap);

  useEffect(() => {
    if (isPaused) return;
    const line = client.subscription(subscription, {}).subscribe(({ data, error }) => {
      if (error) setPaused(true);
      else if (data) tell(data);
    });
    return () => line.unsubscribe();
  }, [client, subscription, isPaused]);

  useEffect(() => {
    if (!isPaused) return;
    let isOver = false;
    const resume = async () => {
      await client.query(Viewer, {}, { requestPolicy: "network-only" }).toPromise();
      if (isOver) return;
      setPaused(false);
      tellGap();
    };
    const timer = setTimeout(() => void resume(), AGAIN_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [client, isPaused]);

  useEffect(() => onBreak(() => tellLoss()), []);
  useEffect(() => onReconnect(() => tellGap()), []);
}
