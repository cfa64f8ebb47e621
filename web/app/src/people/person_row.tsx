import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { PersonItem } from "./operations";

interface Props {
  person: PersonItem;
  now: Date;
  /** Whether it is the reader. */
  isSelf: boolean;
  onManage: (person: PersonItem) => void;
}

/** Somebody with an account: who, as what, since when, and what can be done. */
export function PersonRow({ person, now, isSelf, onManage }: Props) {
  const { people, roles } = useTexts();
  const formats = useFormats();
  return (
    <article className={`row person${person.disabled ? " off" : ""}`}>
      <div className="what">
        <h2 className="name" title={person.name}>
          <bdi>{person.name}</bdi>
        </h2>
        <p className="from">
          <span title={person.email}>{person.email}</span>
        </p>
      </div>
      <div className="as">
        <p>
          {roles[person.role]}
          {isSelf && <span className="soft"> ({people.you})</span>}
        </p>
        {person.disabled && <p className="urgent">{people.disabled}</p>}
      </div>
      <time className="since" dateTime={person.createdAt} title={formats.exact(person.createdAt)}>
        {people.since(formats.day(person.createdAt, now))}
      </time>
      <Button className="act" aria-label={people.manageNamed(person.name, person.email)} onPress={() => onManage(person)}>
        {people.manage}
      </Button>
    </article>
  );
}
