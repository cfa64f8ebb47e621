import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextField as AriaTextField } from "react-aria-components/TextField";
import type { TextFieldProps } from "react-aria-components/TextField";
import { useTexts } from "../i18n/language";
import { useFieldProblem } from "./form";

interface Props extends Omit<TextFieldProps, "className" | "children" | "isInvalid"> {
  label: string;
  hint?: string;
  /** What the server calls it, where that is not `name`. */
  inputMode?: "numeric" | "email" | "text" | "search";
  /** What the page knows to be wrong with it, beside what the server says. */
  complaint?: string | null;
}

/** A labelled line of text. What is wrong with it, by its `name` in the form's problem, stands below. */
export function TextField({ label, hint, inputMode, complaint: known = null, ...props }: Props) {
  const refused = useFieldProblem(props.name);
  const complaint = known ?? refused;
  return (
    <AriaTextField {...props} className="field" isInvalid={complaint !== null} validationBehavior="aria">
      <Label>{label}</Label>
      <Input {...(inputMode ? { inputMode } : {})} />
      {hint !== undefined && <Text slot="description" className="hint">{hint}</Text>}
      <FieldError className="complaint">{complaint}</FieldError>
    </AriaTextField>
  );
}

/** A password, which can be shown. */
export function PasswordField({ label, hint, ...props }: Omit<Props, "type" | "inputMode" | "complaint">) {
  const texts = useTexts();
  const [isShown, setShown] = useState(false);
  const complaint = useFieldProblem(props.name);
  return (
    <AriaTextField
      {...props}
      className="field"
      type={isShown ? "text" : "password"}
      isInvalid={complaint !== null}
      validationBehavior="aria"
      spellCheck="false"
      isRequired
    >
      <Label>{label}</Label>
      <div className="with-button">
        <Input />
        <Button
          slot={null}
          className="reveal"
          aria-label={isShown ? texts.fields.hide : texts.fields.show}
          onPress={() => setShown(!isShown)}
        >
          <Eye isOpen={isShown} />
        </Button>
      </div>
      {hint !== undefined && <Text slot="description" className="hint">{hint}</Text>}
      <FieldError className="complaint">{complaint}</FieldError>
    </AriaTextField>
  );
}

function Eye({ isOpen }: { isOpen: boolean }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
      <circle cx="12" cy="12" r="3" />
      {!isOpen && <path d="m4 4 16 16" />}
    </svg>
  );
}
