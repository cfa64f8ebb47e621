// graphql-ws alone: it subscribes. What has to be there before is done by fetch.
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { graphqlUrl, play, socketParams, socketUrl } from "./scenario.js";

await play("graphql-ws", async (token) => {
  const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: socketParams(token) });
  const connected = new Promise((resolve) => socket.on("connected", resolve));
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  return {
    canUpload: false,
    connected,
    async run(query, variables) {
      const answer = await fetch(graphqlUrl, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
      const { data, errors } = await answer.json();
      if (errors) throw Object.assign(new Error(errors[0].message), { errors });
      return data;
    },
    codeOf: (error) => error.errors?.[0].extensions.code,
    subscribe(query, onData, onError) {
      return socket.subscribe(
        { query },
        { next: ({ data, errors }) => (errors ? onError(errors) : onData(data)), error: onError, complete() {} },
      );
    },
    close: () => socket.dispose(),
  };
});
