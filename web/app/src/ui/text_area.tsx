import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField } from "react-aria-components/TextField";
import { useFieldProblem } from "./form";

interface Props {
  label: string;
  /** As the API calls it, for what it complains of. */
  name: string;
  hint: string;
  value: string;
  onChange: (text: string) => void;
  rows?: number;
}

/** Several lines of text. */
export function TextArea({ label, name, hint, value, onChange, rows = 5 }: Props) {
  const complaint = useFieldProblem(name);
  return (
    <TextField className="field" name={name} value={value} onChange={onChange} isInvalid={complaint !== null} validationBehavior="aria" isRequired>
      <Label>{label}</Label>
      <AriaTextArea rows={rows} spellCheck="false" autoComplete="off" />
      <Text slot="description" className="hint">
        {hint}
      </Text>
      <FieldError className="complaint">{complaint}</FieldError>
    </TextField>
  );
}
