import { useMemo } from "react";
import { useQuery } from "urql";
import { addressesIn, matching } from "./addresses";
import type { Somebody } from "./addresses";
import { Clients } from "./share_operations";

const SHOWN = 8;
const PAGE = 100;

/**
 * Whom to share with, by a part of the address or of the name. The server searches addresses; names are searched here, among the first
 * hundred Clients, which in most places are all.
 */
export function useSuggestions(typed: string, taken: readonly string[]): { found: Somebody[]; isLoading: boolean } {
  const part = addressesIn(typed).rest.trim();
  const [{ data: first }] = useQuery({ query: Clients, variables: { first: PAGE, emailContains: null } });
  const isAll = first !== undefined && !first.users.pageInfo.hasNextPage;
  const [{ data: more, fetching }] = useQuery({ query: Clients, variables: { first: SHOWN, emailContains: part }, pause: first === undefined || isAll || part === "" });
  const found = useMemo(() => {
    const known = new Map([...(first?.users.nodes ?? []), ...(more?.users.nodes ?? [])].map((one) => [one.id, one]));
    return matching([...known.values()], part, taken, SHOWN);
  }, [first, more, part, taken]);
  return { found, isLoading: first === undefined || fetching };
}
