import { useTexts } from "../i18n/language";

export const ROLES = ["CLIENT", "OPS", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

/** One of the three roles. */
export function RoleChoice({ label, role, onRole }: { label: string; role: Role; onRole: (role: Role) => void }) {
  const { roles } = useTexts();
  return (
    <fieldset className="segments">
      <legend>{label}</legend>
      {ROLES.map((one) => (
        <label key={one}>
          <input type="radio" name="role" checked={one === role} onChange={() => onRole(one)} />
          <span>{roles[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
