import { useState } from "react";
import { useMutation } from "urql";
import { refusalOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { ReassignFiles } from "./operations";
import type { PersonItem } from "./operations";
import { PersonBox } from "./person_box";
import type { Candidate } from "./person_box";

interface Props {
  person: PersonItem;
  onBack: () => void;
  onGiven: (words: string) => void;
}

/** Giving somebody's files to another Ops user. */
export function FilesStep({ person, onBack, onGiven }: Props) {
  const { people } = useTexts();
  const formats = useFormats();
  const [, reassign] = useMutation(ReassignFiles);
  const [heir, setHeir] = useState<Candidate | null>(null);

  const { submit, busy, problem } = useSubmit(async () => {
    if (!heir) return { error: refusalOf("to") };
    const result = await reassign({ from: person.id, to: heir.id });
    if (result.data) {
      const count = result.data.reassignFiles;
      onGiven(people.given(formats.number(count), count === 1, heir.name));
    }
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem} words={{ CONFLICT: people.busy }}>
      <p>{people.filesText}</p>
      <PersonBox name="to" label={people.heir} hint={people.heirHint} kind="OPS" except={person.id} onPick={setHeir} isRequired />
      <FormActions act={people.filesWay} isPending={busy} onCancel={onBack} />
    </Form>
  );
}
