// Subscriptions, by graphql-ws; the library comes when the first is asked for.
import type { Client } from "graphql-ws";
import type { SubscriptionForwarder } from "urql";
import { address } from "./prefix";

const LONGEST_WAIT_MS = 30_000;

let client: Promise<Client> | undefined;
const whenBack = new Set<() => void>();

/** Calls `act` whenever the line was gone and is there again; what happened meanwhile has to be asked for. */
export function onReconnect(act: () => void): () => void {
  whenBack.add(act);
  return () => whenBack.delete(act);
}

async function connect(): Promise<Client> {
  const { createClient } = await import("graphql-ws");
  return createClient({
    url: new URL(address("graphql"), location.href).href.replace(/^http/, "ws"),
    retryAttempts: Infinity,
    // A little later each time, and not all browsers at once.
    retryWait: (retries) =>
      new Promise((go) => setTimeout(go, Math.min(LONGEST_WAIT_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2))),
    shouldRetry: () => true,
    on: { connected: (_socket, _payload, wasRetry) => { if (wasRetry) whenBack.forEach((act) => act()); } },
  });
}

/** What urql subscribes with. */
export const listen: SubscriptionForwarder = (request) => ({
  subscribe(sink) {
    let stop: (() => void) | undefined;
    let isOver = false;
    client ??= connect();
    client.then(
      (open) => {
        if (!isOver) stop = open.subscribe({ ...request, query: request.query ?? "" }, sink as Parameters<Client["subscribe"]>[1]);
      },
      (cause: unknown) => sink.error(cause),
    );
    return {
      unsubscribe() {
        isOver = true;
        stop?.();
      },
    };
  },
});
