import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "react-aria-components/Button";
import { ComboBox } from "react-aria-components/ComboBox";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Text } from "react-aria-components/Text";
import { useQuery } from "urql";
import { useTexts } from "../i18n/language";
import { useFieldProblem } from "../ui/form";
import type { Role } from "../ui/role_choice";
import { SuggestPeople } from "./operations";
import "../design/options.css";

export interface Candidate {
  id: string;
  /** Of those in `others`, empty. */
  email: string;
  name: string;
}

interface Props {
  label: string;
  /** As the API calls it, for what it complains of. */
  name?: string;
  hint?: string;
  /** Only people of this role who are not disabled; anybody unless given. */
  kind?: Role;
  /** The id of somebody who does not come into question. */
  except?: string;
  /** Who stand beside the people. */
  others?: readonly Candidate[];
  /** What stands in it at first. */
  initial?: string;
  /** Whoever is chosen; null as soon as what is typed is nobody any more. */
  onPick: (person: Candidate | null) => void;
  isRequired?: boolean;
}

const textOf = (person: Candidate) => person.email || person.name;

/** One person, chosen by typing a part of the address, or by the whole of it. */
export function PersonBox({ label, name, hint, kind, except, others = [], initial = "", onPick, isRequired = false }: Props) {
  const { people } = useTexts();
  const complaint = useFieldProblem(name);
  const [typed, setTyped] = useState(initial);
  const part = typed.trim().toLowerCase();
  const [{ data }] = useQuery({
    query: SuggestPeople,
    variables: { emailContains: part, role: kind ?? null, disabled: kind ? false : null },
  });
  const fitting = others.filter((one) => one.name.toLowerCase().includes(part));
  const found: Candidate[] = [...fitting, ...(data?.users.nodes ?? []).filter((person) => person.id !== except)];
  const picked = found.find((person) => textOf(person).toLowerCase() === part) ?? null;

  const tell = useEffectEvent(() => {
    if (picked) onPick(picked);
  });
  useEffect(() => tell(), [picked?.id]);

  return (
    <ComboBox<Candidate>
      className="field"
      items={found}
      inputValue={typed}
      onInputChange={(text) => {
        setTyped(text);
        if (text.trim().toLowerCase() !== part) onPick(null);
      }}
      onChange={(id) => {
        const person = found.find((one) => one.id === id);
        if (person) setTyped(textOf(person));
      }}
      value={picked?.id ?? null}
      isInvalid={complaint !== null}
      validationBehavior="aria"
      isRequired={isRequired}
      allowsCustomValue
      allowsEmptyCollection
      {...(name === undefined ? {} : { name })}
    >
      <Label>{label}</Label>
      <div className="with-button">
        <Input autoComplete="off" spellCheck="false" />
        <Button className="reveal">
          <Chevron />
        </Button>
      </div>
      {hint !== undefined && <Text slot="description" className="hint">{hint}</Text>}
      <FieldError className="complaint">{complaint}</FieldError>
      <Popover className="options">
        {/* It lies outside of the page's landmarks. */}
        <section aria-label={label}>
          <ListBox<Candidate> renderEmptyState={() => <p className="soft">{people.nobody}</p>}>
            {(person) => (
              <ListBoxItem id={person.id} textValue={textOf(person)} className="option">
                <bdi>{person.name}</bdi> {person.email !== "" && <bdi className="soft">{person.email}</bdi>}
              </ListBoxItem>
            )}
          </ListBox>
        </section>
      </Popover>
    </ComboBox>
  );
}

function Chevron() {
  return (
    <svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <path d="m5 8 5 5 5-5" />
    </svg>
  );
}
