// What Ops have stored: taking files in, and sharing them.
import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { useSession } from "../session/session";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { Intake } from "../uploads/intake";
import { queue } from "../uploads/queue";
import { QueueList } from "../uploads/queue_list";
import { ListState } from "./list_state";
import { ListTools } from "./list_tools";
import type { Order } from "./list_tools";
import { LongList } from "./long_list";
import { OwnFiles as OwnFilesQuery } from "./own_operations";
import type { OwnFileItem } from "./own_operations";
import { OwnRow } from "./own_row";
import { ShareDialog } from "./share_dialog";
import { useNow } from "./use_now";
import { usePages } from "./use_pages";
import "../design/list.css";
import "../design/own.css";

const PAGE = 100;

export default function OwnFiles() {
  const { own, shared } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const say = useToast();
  const now = useNow();
  const { renew } = useSession();
  const [order, setOrder] = useState<Order>("NEWEST_FIRST");
  const [search, setSearch] = useState("");
  const [sharing, setSharing] = useState<OwnFileItem | null>(null);

  const read = useCallback(
    async (after: string | null) => {
      const filter = search === "" ? null : { nameContains: search };
      const variables = { first: PAGE, after, filter, orderBy: order };
      const { data, error } = await client.query(OwnFilesQuery, variables, { requestPolicy: "network-only" }).toPromise();
      if (!data) return { problem: error ? problemOf(error) : { code: "INTERNAL" as const, message: "" } };
      const { nodes, pageInfo, totalCount } = data.files;
      return { slice: { items: nodes, total: totalCount, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } };
    },
    [client, order, search],
  );
  const pages = usePages<OwnFileItem>(read);
  const { again, put } = pages;

  useEffect(() => queue.onStored(again), [again]);
  useEffect(() => queue.renewBy(renew), [renew]);

  const isEmpty = pages.isThere && !pages.problem && pages.items.length === 0 && pages.next === null;
  return (
    <Shell title={own.title} aside={pages.isThere && !isEmpty && <p className="count">{shared.count(formats.number(pages.total), pages.total === 1)}</p>}>
      <Intake />
      <QueueList />
      {(!isEmpty || search !== "") && <ListTools order={order} onOrder={setOrder} onSearch={setSearch} />}
      {isEmpty && search === "" && <Empty title={own.empty} text={own.emptyText} />}
      {isEmpty && search !== "" && <Empty title={shared.nothingFound} text={shared.nothingFoundText} />}
      <LongList
        label={own.list}
        items={pages.items}
        total={pages.total}
        onNearEnd={pages.more}
        row={(file) => <OwnRow file={file} now={now} onShare={setSharing} />}
      />
      <ListState pages={pages} />
      {sharing && (
        <ShareDialog
          file={sharing}
          onClose={() => setSharing(null)}
          onShared={(file, count) => {
            setSharing(null);
            put(file);
            say(own.shared(count));
          }}
        />
      )}
    </Shell>
  );
}
