import { useId } from "react";
import type { KeyboardEvent } from "react";
import { useQuery } from "urql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { SuggestClients } from "./own_operations";

interface Props {
  people: readonly string[];
  onPeople: (people: readonly string[]) => void;
  /** What stands in the line and was not added yet. */
  typed: string;
  onTyped: (text: string) => void;
}

const MAY_SUGGEST_FROM = 2;

/** E-mail addresses, one after the other, with suggestions while typing. */
export function PeopleField({ people, onPeople, typed, onTyped }: Props) {
  const { own } = useTexts();
  const list = useId();
  const part = typed.trim();
  const [{ data }] = useQuery({ query: SuggestClients, variables: { emailContains: part }, pause: part.length < MAY_SUGGEST_FROM });
  const suggested = part.length < MAY_SUGGEST_FROM ? [] : (data?.users.nodes ?? []);

  const add = () => {
    if (part === "") return;
    if (!people.includes(part)) onPeople([...people, part]);
    onTyped("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === "Enter" || event.key === "," || event.key === ";") && part !== "") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && typed === "") {
      onPeople(people.slice(0, -1));
    }
  };

  return (
    <div className="people">
      {people.length > 0 && (
        <ul className="chips">
          {people.map((email) => (
            <li key={email}>
              <bdi>{email}</bdi>
              <Button kind="quiet" aria-label={own.takeOff(email)} onPress={() => onPeople(people.filter((one) => one !== email))}>
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <TextField name="recipients" label={own.people} hint={own.peopleHint} value={typed} onChange={onTyped} onKeyDown={onKeyDown} list={list} inputMode="email" autoComplete="off" autoFocus />
      <datalist id={list}>
        {suggested.map((person) => (
          <option key={person.id} value={person.email}>
            {person.name}
          </option>
        ))}
      </datalist>
    </div>
  );
}
