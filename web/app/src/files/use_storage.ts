import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import type { ResultOf } from "../api/graphql";
import { queue } from "../uploads/queue";
import { StorageUsage } from "./own_operations";

export type Usage = ResultOf<typeof StorageUsage>["storageUsage"];

/** How much somebody has stored and may, and what asks anew. The queue of uploads is told, so that it can say at once what does not fit. */
export function useStorage(): { usage: Usage | null; lookAgain: () => void } {
  const client = useClient();
  const [usage, setUsage] = useState<Usage | null>(null);
  const lookAgain = useCallback(() => {
    // Where it does not come, nothing is said about it: the list beside it says that the server does not answer.
    void client.query(StorageUsage, {}, { requestPolicy: "network-only" }).toPromise().then(({ data }) => {
      if (!data) return;
      setUsage(data.storageUsage);
      const { limitBytes, usedBytes } = data.storageUsage;
      queue.roomIs(limitBytes === null ? null : Math.max(0, limitBytes - usedBytes));
    });
  }, [client]);
  useEffect(lookAgain, [lookAgain]);
  return { usage, lookAgain };
}
