import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import type { ResultOf } from "../api/graphql";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { readPage } from "./connection";
import { Downloaded } from "./downloaded";
import { ListState } from "./list_state";
import { Receipts as ReceiptsQuery } from "./share_operations";
import { usePages } from "./use_pages";

type Node = Extract<NonNullable<ResultOf<typeof ReceiptsQuery>["node"]>, { receipts: unknown }>["receipts"]["nodes"][number];

const PAGE = 50;

interface Props {
  share: string;
  count: number;
  now: Date;
  change: unknown;
}

/** Who of all Clients has downloaded it and who has not. It is asked for when somebody opens it. */
export function Receipts({ share, count, now, change }: Props) {
  const { fileDetails } = useTexts();
  const formats = useFormats();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{fileDetails.receipts(formats.number(count))}</summary>
      {isOpen && <List share={share} now={now} change={change} />}
    </details>
  );
}

function List({ share, now, change }: Omit<Props, "count">) {
  const client = useClient();
  const read = useCallback(
    async (after: string | null) => {
      const answer = await readPage(client, ReceiptsQuery, { share, first: PAGE, after }, ({ node }) => (node && "receipts" in node ? node.receipts : null));
      if ("problem" in answer) return answer;
      return { slice: { ...answer.slice, items: answer.slice.items.map((receipt: Node) => ({ ...receipt, id: receipt.recipient.id })) } };
    },
    [client, share],
  );
  const pages = usePages<Node & { id: string }>(read);
  const { again } = pages;
  useEffect(() => {
    if (change) again();
  }, [change, again]);
  return (
    <>
      <ul className="receipts">
        {pages.items.map(({ id, recipient, downloads, lastDownloadedAt }) => (
          <li key={id}>
            <bdi>{recipient.name}</bdi> <span className="soft">{recipient.email}</span>
            <Downloaded downloads={downloads} last={lastDownloadedAt} now={now} />
          </li>
        ))}
      </ul>
      <ListState pages={pages} />
    </>
  );
}
