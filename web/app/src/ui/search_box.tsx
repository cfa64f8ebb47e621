import { useEffect, useState } from "react";
import { Button } from "react-aria-components/Button";
import { Input } from "react-aria-components/Input";
import { SearchField } from "react-aria-components/SearchField";
import { useTexts } from "../i18n/language";

interface Props {
  label: string;
  /** Called when typing has paused. */
  onSearch: (text: string) => void;
}

const PAUSE_MS = 250;

/** A line to search a list by. */
export function SearchBox({ label, onSearch }: Props) {
  const { shared } = useTexts();
  const [typed, setTyped] = useState("");

  useEffect(() => {
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);

  return (
    <SearchField className="search" aria-label={label} value={typed} onChange={setTyped}>
      <Input placeholder={label} />
      {typed !== "" && <Button aria-label={shared.clear}>×</Button>}
    </SearchField>
  );
}
