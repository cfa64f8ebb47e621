import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { DisableUser, EnableUser } from "./operations";
import type { PersonItem } from "./operations";

interface Props {
  person: PersonItem;
  onBack: () => void;
  onChanged: (person: PersonItem, words: string) => void;
}

/** Disabling somebody, or taking that back. */
export function StandingStep({ person, onBack, onChanged }: Props) {
  const { people } = useTexts();
  const [, disable] = useMutation(DisableUser);
  const [, enable] = useMutation(EnableUser);
  const isOff = person.disabled === true;

  const { submit, busy, problem } = useSubmit(async () => {
    if (isOff) {
      const result = await enable({ id: person.id });
      if (result.data) onChanged(result.data.enableUser, people.enabled(person.name));
      return result;
    }
    const result = await disable({ id: person.id });
    if (result.data) onChanged(result.data.disableUser, people.disabledNow(person.name));
    return result;
  });

  return (
    <Form onSubmit={submit} problem={problem} words={{ CONFLICT: person.role === "ADMIN" && !isOff ? people.lastAdmin(person.name) : people.busy }}>
      <p>{isOff ? people.enableText : people.disableText}</p>
      <FormActions act={isOff ? people.enableWay : people.disableWay} kind={isOff ? "primary" : "danger"} isPending={busy} onCancel={onBack} />
    </Form>
  );
}
