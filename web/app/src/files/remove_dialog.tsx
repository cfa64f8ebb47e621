import { useTexts } from "../i18n/language";
import { Confirm } from "../ui/confirm";

interface Props<Item> {
  files: readonly Item[];
  onClose: () => void;
  onConfirm: (files: readonly Item[]) => Promise<void>;
}

/** Asks before files are deleted for good. */
export function RemoveDialog<Item extends { name: string }>({ files, onClose, onConfirm }: Props<Item>) {
  const { removal } = useTexts();
  return (
    <Confirm
      title={removal.title(files.length, files[0]?.name ?? "")}
      text={removal.text}
      act={removal.button}
      onClose={onClose}
      onConfirm={async () => {
        await onConfirm(files);
        onClose();
        return {};
      }}
    />
  );
}
