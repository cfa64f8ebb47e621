import { useTexts } from "../i18n/language";
import { Button } from "./button";

interface Props {
  /** What is done, as a verb. */
  act: string;
  kind?: "primary" | "danger";
  isPending: boolean;
  onCancel: () => void;
}

/** What ends a form that can be left as it is. */
export function FormActions({ act, kind = "primary", isPending, onCancel }: Props) {
  const { common } = useTexts();
  return (
    <div className="actions">
      <Button type="submit" kind={kind} isPending={isPending}>
        {act}
      </Button>
      <Button kind="quiet" onPress={onCancel}>
        {common.cancel}
      </Button>
    </div>
  );
}
