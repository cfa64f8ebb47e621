// The two ways to the API. `door` is for whoever is not signed in, and never asks anybody to be; the other one, for each who signs in
// anew, holds operations back while somebody whose session has ended signs in again, and then goes on with them.
//
// No token passes through here: the session is a cookie that scripts cannot read, and counts only beside the header.
import { authExchange } from "@urql/exchange-auth";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";
import type { ClientOptions } from "urql";
import { problemOf } from "./problem";
import { address } from "./prefix";
import { listen } from "./socket";

const COMMON: Pick<ClientOptions, "url" | "fetchOptions" | "preferGetMethod"> = {
  url: address("graphql"),
  fetchOptions: { credentials: "same-origin", headers: { "GraphQL-Require-Preflight": "1" } },
  preferGetMethod: false,
};

/** For signing up, in and out, and what else is asked for with a secret of its own. */
export const door = new Client({ ...COMMON, exchanges: [fetchExchange] });

/** A client of somebody who is signed in. `signInAgain` is ready when that person is so again, or has given it up. */
export function clientOfSession(signInAgain: () => Promise<void>): Client {
  const renewal = authExchange(() =>
    Promise.resolve({
      addAuthToOperation: (operation) => operation,
      didAuthError: (error) => problemOf(error).code === "UNAUTHENTICATED",
      refreshAuth: signInAgain,
    }),
  );
  return new Client({
    ...COMMON,
    exchanges: [cacheExchange, renewal, fetchExchange, subscriptionExchange({ forwardSubscription: listen })],
  });
}
