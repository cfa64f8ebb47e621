import { useState } from "react";
import { useMutation } from "urql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Form } from "../ui/form";
import { useSubmit } from "../ui/use_submit";
import { PeopleField } from "./people_field";
import { ShareFile } from "./own_operations";
import type { OwnFileItem } from "./own_operations";

interface Props {
  file: OwnFileItem;
  onClose: () => void;
  onShared: (file: OwnFileItem, count: number) => void;
}

/** With whom, until when, and how often. */
export function ShareDialog({ file, onClose, onShared }: Props) {
  const { own, common } = useTexts();
  const [, share] = useMutation(ShareFile);
  const [people, setPeople] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState("");
  const [until, setUntil] = useState("");
  const [limit, setLimit] = useState("");

  const { submit, busy, problem } = useSubmit(async () => {
    const recipients = [...new Set([...people, typed.trim()])].filter((email) => email !== "");
    // To the end of that day, where whoever shares is.
    const expiresAt = until === "" ? null : new Date(`${until}T23:59:59`).toISOString();
    const maxDownloads = limit === "" ? null : Number(limit);
    const result = await share({ input: { fileId: file.id, recipients, expiresAt, maxDownloads } });
    const changed = result.data?.share.shares[0]?.file;
    if (changed) onShared(changed, recipients.length);
    return result;
  });

  return (
    <Dialog title={own.shareTitle(file.name)} isOpen onClose={onClose}>
      <Form onSubmit={submit} problem={problem}>
        <PeopleField people={people} onPeople={setPeople} typed={typed} onTyped={setTyped} />
        <TextField name="expiresAt" type="date" label={own.until} hint={own.untilHint} value={until} onChange={setUntil} />
        <TextField name="maxDownloads" inputMode="numeric" label={own.limit} hint={own.limitHint} value={limit} onChange={(text) => setLimit(text.replace(/\D/g, ""))} />
        <div className="actions">
          <Button type="submit" kind="primary" isPending={busy}>
            {own.share}
          </Button>
          <Button kind="quiet" onPress={onClose}>
            {common.cancel}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
