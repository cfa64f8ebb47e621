import { useState } from "react";
import { useTexts } from "../i18n/language";
import { PersonBox } from "../people/person_box";
import type { Candidate } from "../people/person_box";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Select } from "../ui/select";
import type { Filter, FilterName } from "./filter";
import { useName } from "./names";

interface Props {
  filter: Filter;
  onFilter: (name: FilterName, value: string | null) => void;
  onEverything: () => void;
}

/** What stands above the audit: what, who, from when to when. Whom the filter names at first stands in the box from the beginning. */
export function AuditTools({ filter, onFilter, onEverything }: Props) {
  const { audit } = useTexts();
  return (
    <div className="tools audit-tools">
      <Select label={audit.what} value={filter.action ?? ""} onChange={(action) => onFilter("action", action)}>
        <option value="">{audit.anything}</option>
        {Object.entries(audit.things).map(([thing, label]) => (
          <optgroup key={thing} label={label}>
            {Object.entries(audit.acts)
              .filter(([action]) => action.startsWith(`${thing}.`))
              .map(([action, words]) => (
                <option key={action} value={action}>
                  {words}
                </option>
              ))}
          </optgroup>
        ))}
      </Select>
      <Who atFirst={filter.actor ?? null} onActor={(actor) => onFilter("actor", actor)} />
      <TextField type="date" label={audit.since} value={filter.since ?? ""} onChange={(day) => onFilter("since", day)} />
      <TextField type="date" label={audit.until} value={filter.until ?? ""} onChange={(day) => onFilter("until", day)} />
      {Object.keys(filter).length > 0 && (
        <p className="only">
          {filter.object !== undefined && <Only object={filter.object} />}
          <Button kind="quiet" onPress={onEverything}>
            {audit.everything}
          </Button>
        </p>
      )}
    </div>
  );
}

function Only({ object }: { object: string }) {
  const { audit } = useTexts();
  return <span>{audit.objectOf(useName(object)?.name ?? object)}</span>;
}

function Who({ atFirst, onActor }: { atFirst: string | null; onActor: (actor: string | null) => void }) {
  const { audit } = useTexts();
  const [actor] = useState(atFirst);
  const others: Candidate[] = Object.entries(audit.actors).map(([id, name]) => ({ id, name, email: "" }));
  const name = useName(actor);
  const isKnown = name !== undefined;
  const text = actor === null ? "" : (others.find((one) => one.id === actor)?.name ?? name?.email ?? (isKnown ? actor : ""));
  return (
    <PersonBox
      key={String(isKnown)}
      label={audit.who}
      hint={audit.whoHint}
      others={others}
      initial={text}
      onPick={(person) => onActor(person?.id ?? null)}
    />
  );
}
