import { useTexts } from "../i18n/language";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Notice } from "./notice";
import { useExplanation } from "./use_explanation";
import { useSubmit } from "./use_submit";

interface Props {
  title: string;
  text: string;
  /** What is done, as a verb. */
  act: string;
  onConfirm: Parameters<typeof useSubmit>[0];
  onClose: () => void;
}

/** Asks before something that cannot be taken back. What keeps everything as it is has the focus. */
export function Confirm({ title, text, act, onConfirm, onClose }: Props) {
  const { common } = useTexts();
  const explain = useExplanation();
  const { submit, busy, problem } = useSubmit(onConfirm);
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <p>{text}</p>
      {problem && <Notice kind="problem">{explain(problem)}</Notice>}
      <div className="actions">
        <Button kind="danger" onPress={submit} isPending={busy}>
          {act}
        </Button>
        <Button kind="plain" onPress={onClose} autoFocus>
          {common.cancel}
        </Button>
      </div>
    </Dialog>
  );
}
