import { useEffect, useState } from "react";
import { useClient, useQuery } from "urql";
import { problemOf } from "../api/problem";
import { KeyRing, RotationNow } from "./operations";
import type { Rotation } from "./operations";

const LOOK_MS = 2000;

const isUnderWay = (rotation: Rotation | null) => rotation?.phase === "ADDING" || rotation?.phase === "REWRAPPING";

/**
 * The keys, and how far a rotation is. While one is under way that alone is asked again and again, for to count what old keys still
 * have takes longer; with each of its steps all is read anew.
 */
export function useKeyRing() {
  const client = useClient();
  const [{ data, error }, readAgain] = useQuery({ query: KeyRing, requestPolicy: "cache-and-network" });
  const [latest, setLatest] = useState<Rotation | null>(null);
  const read = data?.keyRing.rotation ?? null;
  const rotation = latest && latest.phase === read?.phase ? latest : read;
  const goesOn = isUnderWay(rotation);
  const phase = rotation?.phase;

  useEffect(() => {
    if (!goesOn) return;
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const answer = await client.query(RotationNow, {}, { requestPolicy: "network-only" }).toPromise();
      const now = answer.data?.keyRing.rotation;
      if (!now) return;
      setLatest(now);
      if (now.phase !== phase) readAgain({ requestPolicy: "network-only" });
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [client, goesOn, phase, readAgain]);

  return {
    ring: data && { ...data.keyRing, rotation },
    problem: error ? problemOf(error) : null,
    again: () => readAgain({ requestPolicy: "network-only" }),
  };
}
