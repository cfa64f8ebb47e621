// Apollo Client, with apollo-upload-client for files and graphql-ws for subscriptions.
import { ApolloClient, ApolloLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { graphqlUrl, play, socketParams, socketUrl } from "./scenario.js";

await play("apollo", async (token) => {
  const http = new UploadHttpLink({ uri: graphqlUrl, headers: token ? { authorization: `Bearer ${token}` } : {} });
  const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: socketParams(token) });
  const connected = new Promise((resolve) => socket.on("connected", resolve));
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    canUpload: true,
    connected,
    async run(document, variables) {
      const parsed = gql(document);
      const isQuery = parsed.definitions[0].operation === OperationTypeNode.QUERY;
      const options = { variables, fetchPolicy: "no-cache" };
      const result = await (isQuery
        ? client.query({ query: parsed, ...options })
        : client.mutate({ mutation: parsed, ...options }));
      return result.data;
    },
    codeOf: (error) => error.errors?.[0].extensions.code,
    subscribe(document, onData, onError) {
      const subscription = client.subscribe({ query: gql(document) }).subscribe({
        next: ({ data, error }) => (error ? onError(error) : onData(data)),
        error: onError,
      });
      return () => subscription.unsubscribe();
    },
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
});
