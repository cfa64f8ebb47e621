import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { ComboBox } from "react-aria-components/ComboBox";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Text } from "react-aria-components/Text";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { useFieldProblem } from "../ui/form";
import { addressesIn } from "./addresses";
import { useSuggestions } from "./use_suggestions";
import "../design/menu.css";

interface Props {
  people: readonly string[];
  onPeople: (people: readonly string[]) => void;
  /** What stands in the line and was not added yet. */
  typed: string;
  onTyped: (text: string) => void;
  /** What the page knows to be wrong. */
  complaint: string | null;
}

/** E-mail addresses, one after the other; Clients are suggested by a part of their address or name. */
export function PeopleField({ people, onPeople, typed, onTyped, complaint: known }: Props) {
  const { sharing } = useTexts();
  const refused = useFieldProblem("recipients");
  const complaint = known ?? refused;
  // Without a word typed they are shown only to whoever asks for them.
  const [isAsked, setAsked] = useState(false);
  const found = useSuggestions(typed, people);
  const suggestions = isAsked || typed.trim() !== "" ? found : [];
  const input = useRef<HTMLInputElement>(null);

  const add = (emails: readonly string[]) => onPeople([...new Set([...people, ...emails])]);
  const takeOff = (email: string) => {
    onPeople(people.filter((one) => one !== email));
    input.current?.focus();
  };
  const onText = (text: string) => {
    const { whole, rest } = addressesIn(text);
    if (whole.length > 0) add(whole);
    onTyped(rest);
    setAsked(false);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const isSuggestion = event.currentTarget.hasAttribute("aria-activedescendant");
    if (event.key === "Enter" && typed.trim() !== "" && !isSuggestion) {
      event.preventDefault();
      add([typed.trim()]);
      onTyped("");
    } else if (event.key === "Backspace" && typed === "") {
      onPeople(people.slice(0, -1));
    }
  };

  return (
    <div className="people">
      {people.length > 0 && (
        <ul className="chips" aria-label={sharing.people}>
          {people.map((email) => (
            <li key={email}>
              <bdi>{email}</bdi>
              <Button kind="quiet" aria-label={sharing.takeOff(email)} onPress={() => takeOff(email)}>
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <ComboBox
        className="field"
        name="recipients"
        items={suggestions}
        inputValue={typed}
        onInputChange={onText}
        value={null}
        onChange={(key) => {
          const one = suggestions.find(({ id }) => id === key);
          if (!one) return;
          add([one.email]);
          onTyped("");
          setAsked(false);
        }}
        onOpenChange={(isOpen, trigger) => {
          if (isOpen && trigger === "manual") setAsked(true);
        }}
        allowsCustomValue
        menuTrigger="input"
        isInvalid={complaint !== null}
        validationBehavior="aria"
        autoFocus
      >
        <Label>{sharing.people}</Label>
        <div className="with-button">
          <Input ref={input} inputMode="email" autoComplete="off" onKeyDown={onKeyDown} />
          <AriaButton className="reveal" aria-label={sharing.show}>
            <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
              <path d="m5 8 5 5 5-5" />
            </svg>
          </AriaButton>
        </div>
        <Text slot="description" className="hint">
          {sharing.peopleHint}
        </Text>
        <FieldError className="complaint">{complaint}</FieldError>
        <Popover className="popover">
          <section aria-label={sharing.suggestions}>
            <ListBox className="menu" aria-label={sharing.suggestions}>
              {(one: (typeof suggestions)[number]) => (
                <ListBoxItem id={one.id} textValue={one.email}>
                  <bdi>{one.name}</bdi>
                  <span className="soft">{one.email}</span>
                </ListBoxItem>
              )}
            </ListBox>
          </section>
        </Popover>
      </ComboBox>
    </div>
  );
}
