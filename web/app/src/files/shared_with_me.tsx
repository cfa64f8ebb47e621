// What was shared with a Client.
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { ListTools } from "./list_tools";
import type { Order } from "./list_tools";
import { ListState } from "./list_state";
import { LongList } from "./long_list";
import { SharedFileNow, SharedFiles } from "./shared_operations";
import type { SharedFileItem } from "./shared_operations";
import { SharedRow } from "./shared_row";
import { useArrivals } from "./use_arrivals";
import { useDownload } from "./use_download";
import { useNow } from "./use_now";
import { usePages } from "./use_pages";
import "../design/list.css";

const PAGE = 100;
/** After this the download has begun, and the server has counted it. */
const COUNTED_MS = 2500;

export default function SharedWithMe() {
  const { shared } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const say = useToast();
  const download = useDownload();
  const [order, setOrder] = useState<Order>("NEWEST_FIRST");
  const [search, setSearch] = useState("");
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const now = useNow();

  const read = useCallback(
    async (after: string | null) => {
      const filter = search === "" ? null : { nameContains: search };
      const variables = { first: PAGE, after, filter, orderBy: order };
      const { data, error } = await client.query(SharedFiles, variables, { requestPolicy: "network-only" }).toPromise();
      if (!data) return { problem: error ? problemOf(error) : { code: "INTERNAL" as const, message: "" } };
      const { nodes, pageInfo, totalCount } = data.files;
      return { slice: { items: nodes, total: totalCount, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } };
    },
    [client, order, search],
  );
  const pages = usePages<SharedFileItem>(read);
  const { put, again } = pages;

  const arrive = useCallback(
    (share: { sharedBy: { name: string }; file: SharedFileItem }) => {
      say(shared.arrived(share.sharedBy.name, share.file.name));
      setFresh((old) => new Set(old).add(share.file.id));
      if (order === "NEWEST_FIRST" && search === "") put(share.file);
      else again();
    },
    [again, order, put, say, search, shared],
  );
  useArrivals(arrive, again);

  const fetch = async (file: SharedFileItem) => {
    await download(file);
    setTimeout(() => {
      void client.query(SharedFileNow, { id: file.id }, { requestPolicy: "network-only" }).toPromise().then(({ data }) => {
        if (data?.file) put(data.file);
      });
    }, COUNTED_MS);
  };

  const isEmpty = pages.isThere && !pages.problem && pages.items.length === 0 && pages.next === null;
  return (
    <Shell title={shared.title} aside={pages.isThere && !isEmpty && <p className="count">{shared.count(formats.number(pages.total), pages.total === 1)}</p>}>
      {(!isEmpty || search !== "") && <ListTools order={order} onOrder={setOrder} onSearch={setSearch} />}
      {isEmpty && search === "" && <Empty title={shared.empty} text={shared.emptyText} />}
      {isEmpty && search !== "" && <Empty title={shared.nothingFound} text={shared.nothingFoundText} />}
      <LongList
        label={shared.list}
        items={pages.items}
        total={pages.total}
        onNearEnd={pages.more}
        row={(file) => <SharedRow file={file} now={now} isNew={fresh.has(file.id)} onDownload={(one) => void fetch(one)} />}
      />
      <ListState pages={pages} />
    </Shell>
  );
}
