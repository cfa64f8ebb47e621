import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { useSubmit } from "../ui/use_submit";
import { faultOf, partsOf } from "./file_name";
import { RenameFile } from "./own_operations";
import type { OwnFileItem } from "./own_operations";

interface Props {
  file: OwnFileItem;
  onClose: () => void;
  onRenamed: (file: OwnFileItem) => void;
}

/** Another name with the same extension. */
export function RenameDialog({ file, onClose, onRenamed }: Props) {
  const { renaming, own } = useTexts();
  const [, rename] = useMutation(RenameFile);
  const { stem: before, extension } = partsOf(file.name);
  const [stem, setStem] = useState(before);
  const [isRefused, setRefused] = useState(false);
  const fault = faultOf(stem, extension);

  const { submit, busy, problem } = useSubmit(async () => {
    if (stem === before) {
      onClose();
      return {};
    }
    const result = await rename({ id: file.id, name: stem + extension });
    if (result.data) onRenamed(result.data.renameFile);
    return result;
  }, ({ code }) => {
    // The server's own rule about names, whichever it was.
    setRefused(code === "BAD_USER_INPUT");
    return code === "BAD_USER_INPUT";
  });

  return (
    <Dialog title={renaming.title(file.name)} isOpen onClose={onClose}>
      <Form onSubmit={() => { if (!fault) submit(); }} problem={problem}>
        <div className="with-suffix">
          <TextField
            name="name"
            label={renaming.label}
            hint={renaming.hint(extension.slice(1))}
            value={stem}
            onChange={(text) => { setStem(text); setRefused(false); }}
            complaint={fault ? renaming[fault] : isRefused ? renaming.refused : null}
            autoComplete="off"
            autoFocus
          />
          <span className="suffix" aria-hidden="true">{extension}</span>
        </div>
        <FormActions act={own.rename} isPending={busy} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
