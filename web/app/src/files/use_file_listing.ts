import { useCallback, useState } from "react";
import { useClient } from "urql";
import type { TypedDocumentNode } from "urql";
import type { VariablesOf } from "../api/graphql";
import { readPage } from "./connection";
import type { Connection } from "./connection";
import type { Order } from "./list_tools";
import type { OwnFiles } from "./own_operations";
import { usePages } from "./use_pages";
import type { Pages } from "./use_pages";

const PAGE = 100;

/** Asks for files of one kind or another; all take the same. */
type FilesQuery<Item> = TypedDocumentNode<{ files: Connection<Item> }, VariablesOf<typeof OwnFiles>>;

/** A list of files as a page has it: in some order, narrowed or not, read as far as somebody goes. */
export interface FileListing<Item> extends Pages<Item> {
  order: Order;
  setOrder: (order: Order) => void;
  search: string;
  setSearch: (search: string) => void;
  /** From which moment on they were stored; "" for any. */
  since: string;
  setSince: (since: string) => void;
  isNarrowed: boolean;
}

export function useFileListing<Item extends { id: string }>(query: FilesQuery<Item>): FileListing<Item> {
  const client = useClient();
  const [order, setOrder] = useState<Order>("NEWEST_FIRST");
  const [search, setSearch] = useState("");
  const [since, setSince] = useState("");

  const read = useCallback(
    (after: string | null) => {
      const filter = { nameContains: search === "" ? null : search, uploadedAfter: since === "" ? null : since };
      return readPage(client, query, { first: PAGE, after, filter, orderBy: order }, ({ files }) => files);
    },
    [client, order, query, search, since],
  );
  const pages = usePages<Item>(read);
  return { ...pages, order, setOrder, search, setSearch, since, setSince, isNarrowed: search !== "" || since !== "" };
}
