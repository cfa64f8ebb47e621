// What Ops have deleted, as long as it can be brought back.
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Shell } from "../ui/shell";
import { ChosenBar } from "./chosen_bar";
import { readPage } from "./connection";
import { Count, hasNothing } from "./file_listing";
import { FilePages } from "./file_pages";
import { ListState } from "./list_state";
import { LongTable } from "./long_table";
import { Trash } from "./own_operations";
import type { TrashItem } from "./own_operations";
import { PickHead } from "./pick_cell";
import { RemoveDialog } from "./remove_dialog";
import { StorageBar } from "./storage_bar";
import { TrashRow } from "./trash_row";
import { useHiding } from "./use_hiding";
import { useNow } from "./use_now";
import { usePages } from "./use_pages";
import type { Pages } from "./use_pages";
import { useRemoval } from "./use_removal";
import { useSelection } from "./use_selection";
import { useStorage } from "./use_storage";
import "../design/list.css";
import "../design/own.css";
import "../design/table.css";

const PAGE = 100;

export default function TrashList() {
  const { own, trash, removal } = useTexts();
  const client = useClient();
  const now = useNow();
  const [toRemove, setToRemove] = useState<readonly TrashItem[] | null>(null);
  const read = useCallback((after: string | null) => readPage(client, Trash, { first: PAGE, after }, (data) => data.trash), [client]);
  const pages = useHiding<TrashItem, Pages<TrashItem>>(usePages<TrashItem>(read));
  const { usage, lookAgain } = useStorage();
  const { restore, removeForGood, goal } = useRemoval(pages, lookAgain);
  const chosen = useSelection(pages.items);

  return (
    <Shell title={trash.title} aside={<Count pages={pages} />}>
      <div className="beneath-title">
        <FilePages />
        {usage && <StorageBar usage={usage} />}
      </div>
      {hasNothing(pages) && <Empty title={trash.empty} text={trash.emptyText} />}
      <LongTable
        label={trash.list}
        describedBy="table-keys"
        items={pages.items}
        total={pages.total}
        onNearEnd={pages.more}
        goal={goal}
        rowClass={({ id }) => (chosen.has(id) ? "deleted chosen" : "deleted")}
        row={(file, isTabStop) => <TrashRow file={file} now={now} isTabStop={isTabStop} chosen={chosen} onRestore={restore} onRemove={setToRemove} />}
        head={
          <>
            <PickHead chosen={chosen} />
            <div role="columnheader" className="what">{own.columns.name}</div>
            <div role="columnheader" className="stored">{trash.columns.deleted}</div>
            <div role="columnheader" className="size">{own.columns.size}</div>
            <div role="columnheader" className="terms">{trash.columns.gone}</div>
            <div role="columnheader" className="acts">
              <span className="unseen">{own.columns.acts}</span>
            </div>
          </>
        }
      />
      {pages.items.length > 0 && (
        <ChosenBar chosen={chosen}>
          <Button kind="primary" onPress={() => void restore(chosen.items)}>
            {trash.restore}
          </Button>
          <Button kind="danger" onPress={() => setToRemove(chosen.items)}>
            {removal.button}
          </Button>
        </ChosenBar>
      )}
      <ListState pages={pages} />
      {toRemove && <RemoveDialog files={toRemove} onClose={() => setToRemove(null)} onConfirm={removeForGood} />}
    </Shell>
  );
}
