// What was done by whom: read page by page, and live.
import { useCallback, useEffect, useState } from "react";
import { useClient } from "urql";
import { useSearchParams } from "wouter";
import { useLive } from "../files/use_live";
import { ListState } from "../files/list_state";
import { LongList } from "../files/long_list";
import { readPage } from "../files/connection";
import { useNow } from "../files/use_now";
import { usePages } from "../files/use_pages";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { useHeadingFocus } from "../ui/use_heading_focus";
import { ActDialog } from "./act_dialog";
import { ActRow } from "./act_row";
import { AuditTools } from "./audit_tools";
import { asked, filterIn, fits } from "./filter";
import type { Filter } from "./filter";
import { AuditEvent, AuditEvents } from "./operations";
import type { ActItem } from "./operations";
import "../design/list.css";
import "../design/own.css";
import "../design/settings.css";
import "../design/people.css";
import "../design/audit.css";

const PAGE = 100;
const TOP_PX = 120;

/** Whether nothing is moved under anybody's eyes or hands by what comes at the top. */
const isAtTop = () => scrollY < TOP_PX && !document.querySelector(".long-list")?.contains(document.activeElement);

export function AuditTrail() {
  const { audit } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const now = useNow();
  const [params, setParams] = useSearchParams();
  const [opened, setOpened] = useState<ActItem | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [waiting, setWaiting] = useState(0);
  const [hasMissed, setMissed] = useState(false);
  // Where the filter was set from elsewhere the tools begin anew with it, and what was pressed is gone.
  const [turn, setTurn] = useState(0);

  const search = params.toString();
  const filter = filterIn(params);
  const read = useCallback(
    (after: string | null) => readPage(client, AuditEvents, { first: PAGE, after, filter: asked(filterIn(new URLSearchParams(search))) }, (data) => data.auditEvents),
    [client, search],
  );
  const pages = usePages<ActItem>(read);
  const { again, put } = pages;

  const lookAnew = () => {
    setWaiting(0);
    setMissed(false);
  };
  useEffect(lookAnew, [search]);
  useHeadingFocus(turn);

  useLive(AuditEvent, {
    onMessage: ({ auditEvent: act }) => {
      if (!fits(act, filter)) return;
      setFresh((old) => new Set(old).add(act.id));
      if (isAtTop()) put(act);
      else setWaiting((count) => count + 1);
    },
    onGap: () => {
      if (isAtTop()) again();
      else setMissed(true);
    },
  });

  const showFresh = () => {
    lookAnew();
    again();
    scrollTo(0, 0);
    setTurn((count) => count + 1);
  };
  const choose = (next: Filter) => {
    setParams(next, { replace: true });
    setTurn((count) => count + 1);
  };

  const isEmpty = pages.isThere && pages.items.length === 0 && !pages.isBusy && !pages.problem;
  return (
    <Shell title={audit.title} aside={pages.isThere && <p className="count" role="status">{audit.count(formats.number(pages.total), pages.total === 1)}</p>}>
      <AuditTools
        key={turn}
        filter={filter}
        onFilter={(name, value) =>
          setParams((old) => {
            const changed = new URLSearchParams(old);
            if (value) changed.set(name, value);
            else changed.delete(name);
            return changed;
          }, { replace: true })
        }
        onEverything={() => choose({})}
      />
      <div className="fresh" role="status">
        {(waiting > 0 || hasMissed) && (
          <Button kind="primary" onPress={showFresh}>
            {hasMissed ? audit.missed : audit.fresh(formats.number(waiting), waiting === 1)}
          </Button>
        )}
      </div>
      {isEmpty && <Empty title={audit.none} text={audit.noneText} />}
      <LongList
        label={audit.list}
        items={pages.items}
        total={pages.total}
        isChanging={pages.isAnew}
        onNearEnd={pages.more}
        row={(act) => <ActRow act={act} now={now} isNew={fresh.has(act.id)} onOpen={setOpened} />}
      />
      <ListState pages={pages} />
      {opened && (
        <ActDialog
          act={opened}
          onClose={() => setOpened(null)}
          onFilter={(next) => {
            setOpened(null);
            scrollTo(0, 0);
            choose(next);
          }}
        />
      )}
    </Shell>
  );
}
