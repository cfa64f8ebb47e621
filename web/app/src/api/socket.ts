// Subscriptions, by graphql-ws; the library comes when the first is asked for.
import type { Client } from "graphql-ws";
import type { SubscriptionForwarder } from "urql";
import { whenOffline, whenOnline } from "./line";
import { address } from "./prefix";

const LONGEST_WAIT_MS = 30_000;
/** How often the server is asked whether it is there, and how long it may take to say so: a line can be gone without a word. */
const ASK_MS = 20_000;
const ANSWER_MS = 8_000;

let client: Promise<Client> | undefined;
const whenGone = new Set<() => void>();
const whenBack = new Set<() => void>();

/** Calls `act` whenever the line has gone, and when a try to have it back has failed. */
export function onBreak(act: () => void): () => void {
  whenGone.add(act);
  return () => whenGone.delete(act);
}

/** Calls `act` whenever the line was gone and is there again; what happened meanwhile has to be asked for. */
export function onReconnect(act: () => void): () => void {
  whenBack.add(act);
  return () => whenBack.delete(act);
}

async function connect(): Promise<Client> {
  const { createClient } = await import("graphql-ws");
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: new URL(address("graphql"), location.href).href.replace(/^http/, "ws"),
    retryAttempts: Infinity,
    retryWait,
    shouldRetry: () => true,
    keepAlive: ASK_MS,
    on: {
      connected: (_socket, _payload, wasRetry) => { if (wasRetry) whenBack.forEach((act) => act()); },
      ping: (isReceived) => { if (!isReceived) silence = setTimeout(() => client.terminate(), ANSWER_MS); },
      pong: (isReceived) => { if (isReceived) clearTimeout(silence); },
      closed: () => {
        clearTimeout(silence);
        whenGone.forEach((act) => act());
      },
    },
  });
  // So the next try comes as soon as there is a network, and not when this line has been given up for dead.
  whenOffline(() => client.terminate());
  return client;
}

/** A little later each time, and not all browsers at once; at once when the network is back. */
function retryWait(retries: number): Promise<void> {
  return new Promise((go) => {
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2);
    const timer = setTimeout(done, wait);
    const stop = whenOnline(done);
    function done() {
      clearTimeout(timer);
      stop();
      go();
    }
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
