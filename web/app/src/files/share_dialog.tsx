import { useState } from "react";
import { useMutation } from "urql";
import { useSettings } from "../api/settings";
import { useTexts } from "../i18n/language";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { FormActions } from "../ui/form_actions";
import { Notice } from "../ui/notice";
import { useSubmit } from "../ui/use_submit";
import type { OwnFileItem } from "./own_operations";
import { PeopleField } from "./people_field";
import { ShareFile } from "./share_operations";

interface Props {
  files: readonly OwnFileItem[];
  onClose: () => void;
  /** Called with each file as it is after that. */
  onShared: (file: OwnFileItem) => void;
  /** Called when all are shared, with how many people; null for every Client. */
  onDone: (people: number | null) => void;
}

/** With whom, until when, and how often; one file or several. */
export function ShareDialog({ files, onClose, onShared, onDone }: Props) {
  const { sharing, own } = useTexts();
  const { everyClientAllowed } = useSettings().sharing;
  const [, share] = useMutation(ShareFile);
  const [people, setPeople] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState("");
  const [isForAll, setForAll] = useState(false);
  const [until, setUntil] = useState("");
  const [limit, setLimit] = useState("");
  const [isNobody, setNobody] = useState(false);
  // Where one was refused, another try goes on with the rest.
  const [doneCount, setDoneCount] = useState(0);

  const { submit, busy, problem } = useSubmit(async () => {
    const named = [...new Set([...people, typed.trim()])].filter((email) => email !== "");
    setNobody(!isForAll && named.length === 0);
    if (!isForAll && named.length === 0) return {};
    // To the end of that day, where whoever shares is.
    const expiresAt = until === "" ? null : new Date(`${until}T23:59:59`).toISOString();
    const terms = { recipients: isForAll ? [] : named, everyClient: isForAll, expiresAt, maxDownloads: limit === "" ? null : Number(limit) };
    for (const [index, file] of files.entries()) {
      if (index < doneCount) continue;
      const { data, error } = await share({ input: { fileId: file.id, ...terms } });
      if (error) return { error };
      const changed = data?.share.shares[0]?.file;
      if (changed) onShared(changed);
      setDoneCount(index + 1);
    }
    onDone(isForAll ? null : named.length);
    return {};
  });

  return (
    <Dialog title={sharing.title(files.length, files[0]?.name ?? "")} isOpen onClose={onClose}>
      <Form onSubmit={submit} problem={problem}>
        {problem && doneCount > 0 && <Notice kind="hint">{sharing.remaining(doneCount, files.length)}</Notice>}
        {!isForAll && <PeopleField people={people} onPeople={setPeople} typed={typed} onTyped={setTyped} complaint={isNobody && people.length === 0 && typed === "" ? sharing.nobody : null} />}
        {everyClientAllowed && (
          <label className="tick">
            <input type="checkbox" checked={isForAll} onChange={(event) => setForAll(event.target.checked)} />
            <span>{sharing.every}</span>
          </label>
        )}
        <div className="pair">
          <TextField name="expiresAt" type="date" label={sharing.until} hint={sharing.untilHint} value={until} onChange={setUntil} />
          <TextField name="maxDownloads" inputMode="numeric" label={sharing.limit} hint={sharing.limitHint} value={limit} onChange={(text) => setLimit(text.replace(/\D/g, ""))} autoComplete="off" />
        </div>
        {files.some(({ shares }) => shares.totalCount > 0) && <p className="hint">{sharing.again}</p>}
        <FormActions act={own.share} isPending={busy} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}
