import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { SearchField } from "react-aria-components/SearchField";
import { Button } from "react-aria-components/Button";
import { Input } from "react-aria-components/Input";
import { useTexts } from "../i18n/language";

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

const PAUSE_MS = 250;

/** What stands above a list of files: search and order. */
export function ListTools({ order, onOrder, onSearch, children }: Props) {
  const { shared } = useTexts();
  const [typed, setTyped] = useState("");

  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);

  return (
    <div className="tools">
      <SearchField className="search" aria-label={shared.search} value={typed} onChange={setTyped}>
        <Input placeholder={shared.search} />
        {typed !== "" && <Button aria-label={shared.clear}>×</Button>}
      </SearchField>
      {children}
      <label className="order">
        <span>{shared.order}</span>
        <select value={order} onChange={(event) => onOrder(event.target.value as Order)}>
          {ORDERS.map((one) => (
            <option key={one} value={one}>
              {shared.orders[one]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
