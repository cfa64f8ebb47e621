import type { ReactNode } from "react";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import type { Filter } from "./filter";
import type { ActItem } from "./operations";
import { Thing } from "./thing";
import { useWords } from "./words";

interface Props {
  act: ActItem;
  onClose: () => void;
  onFilter: (filter: Filter) => void;
}

/** All that an event says, and the ways to what else was done by the same or to the same. */
export function ActDialog({ act, onClose, onFilter }: Props) {
  const { audit, common } = useTexts();
  const formats = useFormats();
  const { who, did } = useWords();
  const { object, address, detail } = act;
  return (
    <Dialog title={`${who(act)} ${did(act)}`} isOpen onClose={onClose}>
      <dl className="facts">
        <Fact title={audit.at}>
          <time dateTime={act.at}>{formats.exact(act.at)}</time>
        </Fact>
        <Fact title={audit.by}>
          {who(act)}
          <Code text={act.actorUser?.email ?? act.actor} />
        </Fact>
        <Fact title={audit.act}>
          <code>{act.action}</code>
        </Fact>
        {object !== null && (
          <Fact title={audit.object}>
            <Thing id={object} />
            <Code text={object} />
          </Fact>
        )}
        {detail !== null && (
          <Fact title={audit.besides}>
            <Thing id={detail} />
            <Code text={detail} />
          </Fact>
        )}
        {address !== null && (
          <Fact title={audit.address}>
            <code>{address}</code>
          </Fact>
        )}
      </dl>
      <div className="ways">
        <Button onPress={() => onFilter({ actor: act.actor })}>{audit.onlyActor}</Button>
        {object !== null && <Button onPress={() => onFilter({ object })}>{audit.onlyObject}</Button>}
        <Button kind="quiet" onPress={onClose}>
          {common.close}
        </Button>
      </div>
    </Dialog>
  );
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** The same as the machine has it, below. */
function Code({ text }: { text: string }) {
  return <code className="below">{text}</code>;
}
