import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
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
  const { people, common } = useTexts();
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
      <div className="actions">
        <Button type="submit" kind={isOff ? "primary" : "danger"} isPending={busy}>
          {isOff ? people.enableWay : people.disableWay}
        </Button>
        <Button kind="quiet" onPress={onBack}>
          {common.cancel}
        </Button>
      </div>
    </Form>
  );
}
