// What is shared while somebody looks on.
import type { ResultOf } from "../api/graphql";
import { FileShared } from "./shared_operations";
import { useLive } from "./use_live";

type Arrival = ResultOf<typeof FileShared>["fileShared"];

interface Ears {
  onArrival: (share: Arrival) => void;
  onLoss: () => void;
  onGap: () => void;
}

/** Calls `onArrival` with each share that comes, `onLoss` when the line goes, and `onGap` when it was gone. */
export function useArrivals({ onArrival, onLoss, onGap }: Ears): void {
  useLive(FileShared, { onMessage: (data) => onArrival(data.fileShared), onLoss, onGap });
}
