import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useClient } from "urql";
import type { ResultOf } from "../api/graphql";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { readPage } from "./connection";
import { Grant } from "./grant";
import { ListState } from "./list_state";
import { FileDetails as FileDetailsQuery } from "./share_operations";
import type { GrantItem } from "./share_operations";
import { useNow } from "./use_now";
import { usePages } from "./use_pages";
import "../design/details.css";

type Facts = NonNullable<ResultOf<typeof FileDetailsQuery>["file"]>;

const PAGE = 50;

interface Props {
  id: string;
  /** Another object each time that something of the file has changed elsewhere. */
  change: unknown;
  onClose: () => void;
  /** Shares it with somebody more. */
  onShare: () => void;
  /** Called when a share was taken back. */
  onRevoked: () => void;
}

/** What a file is and who has it: who has downloaded it and who has not, until when they may, and taking it back. */
export function FileDetails({ id, change, onClose, onShare, onRevoked }: Props) {
  const { fileDetails, own, common } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const now = useNow();
  const [facts, setFacts] = useState<Facts | null>(null);

  const read = useCallback(
    (after: string | null) =>
      readPage(client, FileDetailsQuery, { id, first: PAGE, after }, ({ file }) => {
        setFacts(file);
        return file?.shares;
      }),
    [client, id],
  );
  const grants = usePages<GrantItem>(read);
  const { again } = grants;
  useEffect(() => {
    if (change) again();
  }, [change, again]);

  // With a share that is taken back goes the button that had the focus.
  const heading = useRef<HTMLHeadingElement>(null);
  const count = grants.items.length;
  const before = useRef(count);
  useLayoutEffect(() => {
    if (count < before.current && document.activeElement === document.body) heading.current?.focus();
    before.current = count;
  }, [count]);

  return (
    <Dialog title={facts?.name ?? common.loading} isOpen onClose={onClose} isWide>
      {facts && (
        <dl className="facts">
          <dt>{fileDetails.size}</dt>
          <dd>{formats.size(facts.size)}</dd>
          <dt>{fileDetails.stored}</dt>
          <dd>{formats.moment(facts.uploadedAt)}</dd>
          <dt>{fileDetails.checksum}</dt>
          <dd>
            <code>{facts.sha256}</code>
          </dd>
        </dl>
      )}
      <section className="grants" aria-label={fileDetails.who}>
        <h3 ref={heading} tabIndex={-1}>
          {fileDetails.who}
        </h3>
        {grants.isThere && !grants.problem && grants.items.length === 0 && <p className="soft">{fileDetails.nobody}</p>}
        <ul>
          {grants.items.map((grant) => (
            <li key={grant.id}>
              <Grant
                grant={grant}
                now={now}
                change={change}
                onRevoked={() => {
                  again();
                  onRevoked();
                }}
              />
            </li>
          ))}
        </ul>
        <ListState pages={grants} />
      </section>
      <div className="actions">
        <Button kind="primary" onPress={onShare}>
          {own.share}
        </Button>
        <Button onPress={onClose}>{common.close}</Button>
      </div>
    </Dialog>
  );
}
