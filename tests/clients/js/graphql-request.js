// graphql-request. It sends JSON only: files have been out of it since version 6, and subscriptions too.
import { GraphQLClient } from "graphql-request";
import { graphqlUrl, play } from "./scenario.js";

await play("graphql-request", async (token) => {
  const client = new GraphQLClient(graphqlUrl, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  return {
    canUpload: false,
    run: (document, variables) => client.request(document, variables),
    codeOf: (error) => error.response?.errors[0].extensions.code,
    close() {},
  };
});
