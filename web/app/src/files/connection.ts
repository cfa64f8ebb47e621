import type { AnyVariables, Client, TypedDocumentNode } from "urql";
import { problemOf } from "../api/problem";
import type { Answer } from "./reading";

/** One page of a list, as the API has it. */
export interface Connection<Item> {
  nodes: Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
}

/** Asks the server for a page; `pick` finds the list in the answer, where there is one. */
export async function readPage<Data, Variables extends AnyVariables, Item>(
  client: Client,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pick: (data: Data) => Connection<Item> | null | undefined,
): Promise<Answer<Item>> {
  const { data, error } = await client.query(query, variables, { requestPolicy: "network-only" }).toPromise();
  const found = data ? pick(data) : null;
  if (!found) return { problem: error ? problemOf(error) : { code: "NOT_FOUND", message: "" } };
  const { nodes, pageInfo, totalCount } = found;
  return { slice: { items: nodes, total: totalCount, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } };
}
