// What was shared with a Client.
import { useCallback, useEffect, useRef, useState } from "react";
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
  // Whether nothing at all was shared, whatever is searched for.
  const [hasNone, setNone] = useState(false);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  // When the line was gone for a while: what was shared after this is new.
  const [since, setSince] = useState<string | null>(null);
  const now = useNow();

  const read = useCallback(
    async (after: string | null) => {
      const filter = search === "" ? null : { nameContains: search };
      const variables = { first: PAGE, after, filter, orderBy: order };
      const { data, error } = await client.query(SharedFiles, variables, { requestPolicy: "network-only" }).toPromise();
      if (!data) return { problem: error ? problemOf(error) : { code: "INTERNAL" as const, message: "" } };
      const { nodes, pageInfo, totalCount } = data.files;
      if (search === "") setNone(totalCount === 0);
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
      setNone(false);
      if (order === "NEWEST_FIRST" && search === "") put(share.file);
      else again();
    },
    [again, order, put, say, search, shared],
  );
  const newest = useRef("");
  useEffect(() => {
    for (const { myShare } of pages.items) if (myShare && myShare.sharedAt > newest.current) newest.current = myShare.sharedAt;
  }, [pages.items]);
  const remember = useCallback(() => setSince((old) => old ?? newest.current), []);
  useArrivals({ onArrival: arrive, onLoss: remember, onGap: again });

  const fetch = async (file: SharedFileItem) => {
    const problem = await download(file);
    // It was taken back, or has just ended.
    if (problem?.code === "NOT_FOUND") again();
    if (problem) return;
    setTimeout(() => {
      void client.query(SharedFileNow, { id: file.id }, { requestPolicy: "network-only" }).toPromise().then(({ data }) => {
        if (data?.file) put(data.file);
      });
    }, COUNTED_MS);
  };

  const isEmpty = pages.isThere && pages.items.length === 0 && !pages.isBusy && !pages.problem;
  const isBare = hasNone && isEmpty && search === "";
  return (
    <Shell title={shared.title} aside={pages.isThere && !isBare && <p className="count" role="status">{shared.count(formats.number(pages.total), pages.total === 1)}</p>}>
      {pages.isThere && !isBare && <ListTools order={order} onOrder={setOrder} onSearch={setSearch} />}
      {isBare && <Empty title={shared.empty} text={shared.emptyText} />}
      {isEmpty && !isBare && <Empty title={shared.nothingFound} text={shared.nothingFoundText} />}
      <LongList
        label={shared.list}
        items={pages.items}
        total={pages.total}
        onNearEnd={pages.more}
        isChanging={pages.isAnew}
        row={(file) => <SharedRow file={file} now={now} isNew={fresh.has(file.id) || isAfter(file, since)} onDownload={(one) => void fetch(one)} />}
      />
      <ListState pages={pages} />
    </Shell>
  );
}

const isAfter = ({ myShare }: SharedFileItem, since: string | null) => since !== null && myShare !== null && myShare.sharedAt > since;
