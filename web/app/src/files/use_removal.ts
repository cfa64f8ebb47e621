// Deleting, and taking it back.
import { useCallback, useState } from "react";
import { useClient } from "urql";
import type { CombinedError } from "urql";
import { useTexts } from "../i18n/language";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { forEach } from "./for_each";
import { DeleteFile, RestoreFile } from "./own_operations";
import { successor } from "./selection";
import type { Hiding } from "./use_hiding";
import { useUndoKey } from "./use_undo_key";

interface Item {
  id: string;
  name: string;
}

interface Removal<Of> {
  /** To the trash, with a way back. */
  remove: (files: readonly Of[]) => Promise<void>;
  removeForGood: (files: readonly Of[]) => Promise<void>;
  restore: (files: readonly Of[]) => Promise<void>;
  /** The row that the focus goes to, after the one where it was has gone or has come back. */
  goal: { id: string } | null;
}

/** How many of its failures are told; more would say the same. */
const TOLD = 2;

/** Files go out of the list when that was done to them; `onChange` is called then. */
export function useRemoval<Of extends Item>(pages: Hiding<Of>, onChange: () => void): Removal<Of> {
  const { removal, trash, own } = useTexts();
  const client = useClient();
  const say = useToast();
  const explain = useExplanation();
  const [goal, setGoal] = useState<{ id: string } | null>(null);
  const undoByKey = useUndoKey();
  const { items, hide, unhide } = pages;

  /** Tells of those to which it could not be done; answers the others, and the name of one. */
  const doAll = useCallback(
    async (files: readonly Of[], act: (id: string) => Promise<{ error?: CombinedError | undefined }>) => {
      const { done, failed } = await forEach(files, ({ id }) => act(id));
      for (const { item, problem } of failed.slice(0, TOLD)) say(`${item.name}: ${explain(problem)}`);
      return { done, name: done[0]?.name ?? "" };
    },
    [explain, say],
  );
  const destroy = useCallback((permanently: boolean) => (id: string) => client.mutation(DeleteFile, { id, permanently }).toPromise(), [client]);
  const bringBack = useCallback((id: string) => client.mutation(RestoreFile, { id }).toPromise(), [client]);

  /** They are not in this list any more. */
  const leave = useCallback(
    (gone: readonly Of[]) => {
      const next = successor(items, new Set(gone.map(({ id }) => id)));
      hide(gone.map(({ id }) => id));
      setGoal(next === null ? null : { id: next });
      onChange();
    },
    [hide, items, onChange],
  );

  const remove = useCallback(
    async (files: readonly Of[]) => {
      const { done, name } = await doAll(files, destroy(false));
      if (done.length === 0) return;
      leave(done);
      const undo = async () => {
        undoByKey(null);
        const { done: back, name: one } = await doAll(done, bringBack);
        if (back.length === 0) return;
        unhide(back.map(({ id }) => id));
        setGoal(back[0] ? { id: back[0].id } : null);
        onChange();
        say(own.undone(back.length, one));
      };
      undoByKey(() => void undo());
      say(removal.done(done.length, name), { label: removal.undo, run: () => void undo() });
    },
    [bringBack, destroy, doAll, leave, onChange, own, removal, say, undoByKey, unhide],
  );

  const removeForGood = useCallback(
    async (files: readonly Of[]) => {
      const { done, name } = await doAll(files, destroy(true));
      if (done.length === 0) return;
      leave(done);
      say(removal.doneForGood(done.length, name));
    },
    [destroy, doAll, leave, removal, say],
  );

  const restore = useCallback(
    async (files: readonly Of[]) => {
      const { done, name } = await doAll(files, bringBack);
      if (done.length === 0) return;
      leave(done);
      say(trash.restored(done.length, name));
    },
    [bringBack, doAll, leave, say, trash],
  );

  return { remove, removeForGood, restore, goal };
}
