import type { ReactNode } from "react";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { Empty } from "../ui/empty";
import { ListState } from "./list_state";
import { ListTools } from "./list_tools";
import type { FileListing as Listing } from "./use_file_listing";
import type { Pages } from "./use_pages";
import "../design/list.css";

interface Props<Item> {
  listing: Listing<Item>;
  /** What is said where there is no file at all. */
  empty: ReactNode;
  /** What it can be narrowed by beside the name. */
  filters?: ReactNode;
  /** The rows. */
  children: ReactNode;
}

/** What stands around the rows of a list of files: what it is searched and sorted by, that there is nothing, that more comes. */
export function FileListing<Item>({ listing, empty, filters, children }: Props<Item>) {
  const { shared, own } = useTexts();
  const isEmpty = hasNothing(listing);
  const nothing =
    listing.search !== "" ? <Empty title={shared.nothingFound} text={shared.nothingFoundText} />
    : listing.since !== "" ? <Empty title={own.nothingThen} text={own.nothingThenText} />
    : empty;
  return (
    <>
      {listing.isThere && (!isEmpty || listing.isNarrowed) && (
        <ListTools order={listing.order} onOrder={listing.setOrder} onSearch={listing.setSearch}>
          {filters}
        </ListTools>
      )}
      {isEmpty && nothing}
      {children}
      <ListState pages={listing} />
    </>
  );
}

/** How many there are, beside the page's title. */
export function Count<Item>({ pages }: { pages: Pages<Item> }) {
  const { shared } = useTexts();
  const formats = useFormats();
  if (!pages.isThere || hasNothing(pages)) return null;
  return <p className="count" role="status">{shared.count(formats.number(pages.total), pages.total === 1)}</p>;
}

/** Whether the server has said that there is nothing. */
export function hasNothing<Item>(pages: Pages<Item>): boolean {
  return pages.isThere && !pages.isAnew && !pages.problem && pages.items.length === 0 && pages.next === null;
}
