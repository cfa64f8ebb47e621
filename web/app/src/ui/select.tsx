import type { ReactNode } from "react";

interface Props<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  /** The options, in groups where there are many. */
  children: ReactNode;
}

/** One of a few, as the device lets people choose. Only options of `Value` may stand in it. */
export function Select<Value extends string>({ label, value, onChange, children }: Props<Value>) {
  return (
    <label className="order">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {children}
      </select>
    </label>
  );
}
