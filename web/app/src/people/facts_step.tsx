import { Link } from "wouter";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import type { PersonItem } from "./operations";
import type { Step } from "./person_dialog";

interface Props {
  person: PersonItem;
  onStep: (step: Step) => void;
  onClose: () => void;
}

/** What is known of somebody, and the ways from here. */
export function FactsStep({ person, onStep, onClose }: Props) {
  const { people, common, fields, roles } = useTexts();
  const formats = useFormats();
  return (
    <>
      <dl className="facts">
        <dt>{fields.email}</dt>
        <dd>{person.email}</dd>
        <dt>{people.role}</dt>
        <dd>{roles[person.role]}</dd>
        <dt>{people.sinceTitle}</dt>
        <dd>
          <time dateTime={person.createdAt}>{formats.moment(person.createdAt)}</time>
        </dd>
        <dt>{people.standing}</dt>
        <dd>{person.disabled ? people.isDisabled : people.isActive}</dd>
      </dl>
      <p className="trail">
        <Link href={`/audit?actor=${encodeURIComponent(person.id)}`}>{people.actsBy}</Link>
        <Link href={`/audit?object=${encodeURIComponent(person.id)}`}>{people.actsOn}</Link>
      </p>
      <div className="ways">
        <Button onPress={() => onStep("role")}>{people.roleWay}</Button>
        <Button onPress={() => onStep("standing")}>{person.disabled ? people.enableWay : people.disableWay}</Button>
        {person.role === "OPS" && <Button onPress={() => onStep("files")}>{people.filesWay}</Button>}
        <Button kind="danger" onPress={() => onStep("delete")}>
          {people.deleteWay}
        </Button>
        <Button kind="quiet" onPress={onClose}>
          {common.close}
        </Button>
      </div>
    </>
  );
}
