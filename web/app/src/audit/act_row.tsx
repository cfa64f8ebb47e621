import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { ActItem } from "./operations";
import { Thing, useIsTelling } from "./thing";
import { useWords, wordsOf } from "./words";

interface Props {
  act: ActItem;
  now: Date;
  isNew: boolean;
  onOpen: (act: ActItem) => void;
}

/** An event of the audit: when, who did what, to what, and from where. Ids that say nothing are left to the details. */
export function ActRow({ act, now, isNew, onOpen }: Props) {
  const { audit } = useTexts();
  const formats = useFormats();
  const { who, did } = useWords();
  const isTelling = useIsTelling();
  const things = [act.object === act.actor ? null : act.object, act.detail];
  return (
    <article className={`row act-row${isNew ? " new" : ""}`}>
      <time className="when" dateTime={act.at} title={formats.exact(act.at)}>
        <span className="day">{formats.day(act.at, now)}</span> <span className="time">{formats.time(act.at)}</span>
      </time>
      <div className="what">
        <p className="name">
          <bdi title={act.actorUser?.email}>{who(act)}</bdi> <span className="did">{did(act)}</span>
        </p>
        <p className="from">
          {things.map((thing, place) =>
            thing !== null && isTelling(thing) ? (
              <span key={place}>
                <Thing id={thing} />
              </span>
            ) : null,
          )}
          {act.address !== null && <span className="soft">{audit.from(act.address)}</span>}
        </p>
      </div>
      <Button
        className="act"
        aria-label={audit.detailsNamed(who(act), wordsOf(audit, act.action), formats.moment(act.at))}
        onPress={() => onOpen(act)}
      >
        {audit.details}
      </Button>
    </article>
  );
}
