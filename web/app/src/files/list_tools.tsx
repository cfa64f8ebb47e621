import type { ReactNode } from "react";
import { useTexts } from "../i18n/language";
import { SearchBox } from "../ui/search_box";
import { Select } from "../ui/select";

export const ORDERS = ["NEWEST_FIRST", "OLDEST_FIRST", "NAME", "LARGEST_FIRST"] as const;
export type Order = (typeof ORDERS)[number];

interface Props {
  order: Order;
  onOrder: (order: Order) => void;
  /** Called when typing has paused. */
  onSearch: (text: string) => void;
  /** What else it can be narrowed by. */
  children?: ReactNode;
}

/** What stands above a list of files: search and order. */
export function ListTools({ order, onOrder, onSearch, children }: Props) {
  const { shared } = useTexts();
  return (
    <div className="tools">
      <SearchBox label={shared.search} onSearch={onSearch} />
      {children}
      <Select label={shared.order} value={order} onChange={onOrder}>
        {ORDERS.map((one) => (
          <option key={one} value={one}>
            {shared.orders[one]}
          </option>
        ))}
      </Select>
    </div>
  );
}
