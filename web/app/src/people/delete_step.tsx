import { useState } from "react";
import { useMutation } from "urql";
import { refusalOf } from "../api/problem";
import { useTexts } from "../i18n/language";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { DeleteUser } from "./operations";
import type { PersonItem } from "./operations";
import { PersonBox } from "./person_box";
import type { Candidate } from "./person_box";

interface Props {
  person: PersonItem;
  onBack: () => void;
  onDeleted: (words: string) => void;
}

/** Deleting somebody; whoever uploads files may have some, and what becomes of them is chosen. */
export function DeleteStep({ person, onBack, onDeleted }: Props) {
  const { people } = useTexts();
  const [, deleteUser] = useMutation(DeleteUser);
  const mayOwn = person.role === "OPS";
  const [isGiving, setGiving] = useState(mayOwn);
  const [heir, setHeir] = useState<Candidate | null>(null);

  const { submit, busy, problem } = useSubmit(async () => {
    if (isGiving && !heir) return { error: refusalOf("files") };
    const files = isGiving && heir ? { reassignTo: heir.id } : { delete: true };
    const result = await deleteUser({ id: person.id, files });
    if (result.data) onDeleted(people.deleted(person.name));
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem} words={{ CONFLICT: person.role === "ADMIN" ? people.lastAdmin(person.name) : people.busy }}>
      <p>{people.deleteText}</p>
      {mayOwn && (
        <fieldset className="choice">
          <legend>{people.filesWhat}</legend>
          {[true, false].map((gives) => (
            <label key={String(gives)} className="card">
              <input type="radio" name="files-of-deleted" checked={gives === isGiving} onChange={() => setGiving(gives)} />
              <span className="card-label">{gives ? people.give : people.destroy}</span>
              <span className="soft">{gives ? people.giveText : people.destroyText}</span>
            </label>
          ))}
        </fieldset>
      )}
      {isGiving && <PersonBox name="files" label={people.heir} hint={people.heirHint} kind="OPS" except={person.id} onPick={setHeir} isRequired />}
      <FormActions act={mayOwn && !isGiving ? people.deleteBoth : people.deleteWay} kind="danger" isPending={busy} onCancel={onBack} />
    </Form>
  );
}
