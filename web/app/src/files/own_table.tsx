import { useTexts } from "../i18n/language";
import type { FileActs } from "./file_menu";
import type { Order } from "./list_tools";
import { LongTable } from "./long_table";
import type { OwnFileItem } from "./own_operations";
import { OwnRow } from "./own_row";
import { PickHead } from "./pick_cell";
import type { FileListing } from "./use_file_listing";
import type { Chosen } from "./use_selection";
import "../design/table.css";

interface Props {
  listing: FileListing<OwnFileItem>;
  chosen: Chosen<OwnFileItem>;
  acts: FileActs;
  goal: { id: string } | null;
  now: Date;
}

const SORTED = { NAME: "ascending", OLDEST_FIRST: "ascending", NEWEST_FIRST: "descending", LARGEST_FIRST: "descending" } as const;

/** What somebody has stored, as a table that is sorted by what names its columns. */
export function OwnTable({ listing, chosen, acts, goal, now }: Props) {
  const { own } = useTexts();
  const { order, setOrder } = listing;

  const column = (name: string, orders: readonly Order[], className: string) => {
    const at = orders.indexOf(order);
    return (
      <div role="columnheader" className={className} aria-sort={at >= 0 ? SORTED[order] : "none"}>
        <button type="button" onClick={() => setOrder(orders[(at + 1) % orders.length] ?? order)}>
          {name}
          <span aria-hidden="true">{at < 0 ? "" : SORTED[order] === "ascending" ? " ↑" : " ↓"}</span>
        </button>
      </div>
    );
  };

  return (
    <LongTable
      label={own.list}
      describedBy="table-keys"
      items={listing.items}
      total={listing.total}
      onNearEnd={listing.more}
      goal={goal}
      rowClass={({ id }) => (chosen.has(id) ? "own chosen" : "own")}
      row={(file, isTabStop) => <OwnRow file={file} now={now} isTabStop={isTabStop} chosen={chosen} acts={acts} />}
      head={
        <>
          <PickHead chosen={chosen} />
          {column(own.columns.name, ["NAME"], "what")}
          {column(own.columns.stored, ["NEWEST_FIRST", "OLDEST_FIRST"], "stored")}
          {column(own.columns.size, ["LARGEST_FIRST"], "size")}
          <div role="columnheader" className="terms">
            {own.columns.shared}
          </div>
          <div role="columnheader" className="acts">
            <span className="unseen">{own.columns.acts}</span>
          </div>
        </>
      }
    />
  );
}
