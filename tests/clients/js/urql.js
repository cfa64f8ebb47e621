// urql, whose own fetchExchange sends files, with graphql-ws for subscriptions.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { graphqlUrl, play, socketParams, socketUrl } from "./scenario.js";

await play("urql", async (token) => {
  const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: socketParams(token) });
  const connected = new Promise((resolve) => socket.on("connected", resolve));
  const client = new Client({
    url: graphqlUrl,
    fetchOptions: { headers: token ? { authorization: `Bearer ${token}` } : {} },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  return {
    canUpload: true,
    connected,
    async run(document, variables) {
      const isQuery = document.startsWith("query");
      const result = await (isQuery ? client.query(document, variables) : client.mutation(document, variables)).toPromise();
      if (result.error) throw result.error;
      return result.data;
    },
    codeOf: (error) => error.graphQLErrors?.[0].extensions.code,
    subscribe(document, onData, onError) {
      const { unsubscribe } = client
        .subscription(document, {})
        .subscribe(({ data, error }) => (error ? onError(error) : onData(data)));
      return unsubscribe;
    },
    close: () => socket.dispose(),
  };
});
