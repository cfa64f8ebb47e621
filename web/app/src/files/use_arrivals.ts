// What is shared while somebody looks on.
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useSubscription } from "urql";
import { onBreak, onReconnect } from "../api/socket";
import type { ResultOf } from "../api/graphql";
import { Viewer } from "../session/operations";
import { FileShared } from "./shared_operations";

type Arrival = ResultOf<typeof FileShared>["fileShared"];

const AGAIN_MS = 2000;

interface Ears {
  onArrival: (share: Arrival) => void;
  onLoss: () => void;
  onGap: () => void;
}

/**
 * Calls `onArrival` with each share that comes, `onLoss` when the line goes, and `onGap` when it was gone: what came meanwhile has to be
 * asked for. When the session has ended, asking who is signed in brings up the dialog, and then the line is opened again.
 */
export function useArrivals({ onArrival, onLoss, onGap }: Ears): void {
  const client = useClient();
  const [isPaused, setPaused] = useState(false);
  const [{ data, error }] = useSubscription({ query: FileShared, pause: isPaused });
  const told = useRef<Arrival | null>(null);

  useEffect(() => {
    const arrival = data?.fileShared;
    if (!arrival || told.current === arrival) return;
    told.current = arrival;
    onArrival(arrival);
  }, [data, onArrival]);

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

  useEffect(() => onBreak(onLoss), [onLoss]);
  useEffect(() => onReconnect(onGap), [onGap]);
}
