// Mail that could not be sent, for Admins.
import { useCallback, useRef, useState } from "react";
import { useClient } from "urql";
import { Redirect } from "wouter";
import { problemOf } from "../api/problem";
import { ListState } from "../files/list_state";
import { LongList } from "../files/long_list";
import { useNow } from "../files/use_now";
import { usePages } from "../files/use_pages";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { MailRow } from "../mail/mail_row";
import { DeadMails, RetryMail } from "../mail/operations";
import type { DeadMail } from "../mail/operations";
import { OverDialog } from "../mail/over_dialog";
import { SendAllButton } from "../mail/send_all_button";
import { usePerson } from "../session/session";
import { Empty } from "../ui/empty";
import { focusNeighbour } from "../ui/focus_neighbour";
import { Shell } from "../ui/shell";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import "../design/list.css";
import "../design/system.css";

const PAGE = 100;

export default function MailPage() {
  const { role } = usePerson();
  return role === "ADMIN" ? <DeadMailList /> : <Redirect to="/" replace />;
}

function DeadMailList() {
  const { mail: texts } = useTexts();
  const formats = useFormats();
  const client = useClient();
  const say = useToast();
  const explain = useExplanation();
  const now = useNow();
  const [over, setOver] = useState<DeadMail | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const isRunning = useRef(false);

  const read = useCallback(
    async (after: string | null) => {
      const { data, error } = await client.query(DeadMails, { first: PAGE, after }, { requestPolicy: "network-only" }).toPromise();
      if (!data) return { problem: error ? problemOf(error) : { code: "INTERNAL" as const, message: "" } };
      const { nodes, pageInfo, totalCount } = data.deadMails;
      return { slice: { items: nodes, total: totalCount, next: pageInfo.hasNextPage ? pageInfo.endCursor : null } };
    },
    [client],
  );
  const pages = usePages<DeadMail>(read);

  const retry = async (mail: DeadMail, button: Element) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(mail.id);
    const { error } = await client.mutation(RetryMail, { id: mail.id }).toPromise();
    isRunning.current = false;
    setBusy(null);
    const problem = error ? problemOf(error) : null;
    if (problem?.code === "CONFLICT") {
      setOver(mail);
    } else if (problem && problem.code !== "NOT_FOUND") {
      say(explain(problem));
    } else {
      focusNeighbour(button);
      pages.drop(mail.id);
      say(problem ? texts.gone(mail.recipient) : texts.sent(mail.recipient));
    }
  };

  const isEmpty = pages.isThere && !pages.problem && pages.items.length === 0 && pages.next === null;
  return (
    <Shell title={texts.title} aside={pages.isThere && !isEmpty && <p className="count">{texts.count(formats.number(pages.total), pages.total === 1)}</p>}>
      {isEmpty ? (
        <Empty title={texts.empty} text={texts.emptyText} />
      ) : (
        <div className="before-list">
          <p className="soft">{texts.intro}</p>
          {pages.total > 1 && <SendAllButton onDone={pages.again} />}
        </div>
      )}
      <LongList
        label={texts.title}
        items={pages.items}
        total={pages.total}
        onNearEnd={pages.more}
        row={(mail) => <MailRow mail={mail} now={now} isBusy={busy === mail.id} onRetry={(one, button) => void retry(one, button)} />}
      />
      <ListState pages={pages} />
      {over && <OverDialog mail={over} onClose={() => setOver(null)} />}
    </Shell>
  );
}
