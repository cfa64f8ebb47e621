import { useState } from "react";
import { useTexts } from "../i18n/language";

const DAYS = ["", "7", "30", "365"] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Narrows a list to what was stored of late. `onSince` gets the moment from which on, or "". */
export function SinceFilter({ onSince }: { onSince: (since: string) => void }) {
  const { own } = useTexts();
  const [days, setDays] = useState<string>("");
  return (
    <label className="order">
      <span>{own.since}</span>
      <select
        value={days}
        onChange={({ target }) => {
          setDays(target.value);
          onSince(target.value === "" ? "" : new Date(Date.now() - Number(target.value) * DAY_MS).toISOString());
        }}
      >
        {DAYS.map((one) => (
          <option key={one} value={one}>
            {own.sinceDays[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
