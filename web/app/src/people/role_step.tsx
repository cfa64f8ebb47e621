import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { RoleChoice } from "../ui/role_choice";
import { useSubmit } from "../ui/use_submit";
import { SetUserRole } from "./operations";
import type { PersonItem } from "./operations";

interface Props {
  person: PersonItem;
  onBack: () => void;
  onChanged: (person: PersonItem, words: string) => void;
  /** The files are in the way. */
  onFiles: () => void;
}

/** Another role. */
export function RoleStep({ person, onBack, onChanged, onFiles }: Props) {
  const { people, common, roles } = useTexts();
  const [, setUserRole] = useMutation(SetUserRole);
  const [role, setRole] = useState(person.role);

  const { submit, busy, problem } = useSubmit(async () => {
    const result = await setUserRole({ id: person.id, role });
    const changed = result.data?.setUserRole;
    if (changed) onChanged(changed, people.roleDone(person.name, roles[changed.role]));
    return result;
  });
  // Only Ops have files, and only Admins can be the last ones of their kind.
  const hasFiles = problem?.code === "CONFLICT" && person.role === "OPS";
  const conflict = person.role === "OPS" ? people.ownsFiles(person.name) : person.role === "ADMIN" ? people.lastAdmin(person.name) : people.busy;

  return (
    <Form onSubmit={submit} problem={problem} words={{ CONFLICT: conflict }}>
      <RoleChoice label={people.role} role={role} onRole={setRole} />
      <p>{people.roleText[role]}</p>
      {role !== person.role && <p>{people.roleEnds}</p>}
      <div className="actions">
        {hasFiles && (
          <Button kind="primary" onPress={onFiles}>
            {people.filesWay}
          </Button>
        )}
        <Button type="submit" kind={hasFiles ? "plain" : "primary"} isPending={busy} isDisabled={role === person.role}>
          {people.roleWay}
        </Button>
        <Button kind="quiet" onPress={onBack}>
          {common.cancel}
        </Button>
      </div>
    </Form>
  );
}
