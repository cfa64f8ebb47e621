import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import type { Usage } from "./operations";
import { PartsBar, partsOf } from "./parts_bar";

/** Who has stored most, each with a bar as long as that is beside the largest; and what is left for all others together. */
export function LargestTable({ usage }: { usage: Usage }) {
  const { storage } = useTexts();
  const formats = useFormats();
  const { largest, usedBytes } = usage;
  const whole = largest[0]?.usedBytes ?? 0;
  if (whole === 0) return <p className="soft">{storage.nobody}</p>;
  const rest = usedBytes - largest.reduce((sum, person) => sum + person.usedBytes, 0);
  return (
    <table className="ledger">
      <caption>{storage.largestHint}</caption>
      <thead>
        <tr>
          <th scope="col">{storage.person}</th>
          <th scope="col" className="number">{storage.files}</th>
          <th scope="col" className="number">{storage.used}</th>
        </tr>
      </thead>
      <tbody>
        {largest.map((person) => (
          <tr key={person.user.id}>
            <th scope="row">
              <bdi>{person.user.name}</bdi> <bdi className="soft">{person.user.email}</bdi>
              <PartsBar parts={partsOf(person)} whole={whole} />
            </th>
            <td className="number">{formats.number(person.files)}</td>
            <td className="number">
              {formats.size(person.usedBytes)}
              {person.trashBytes > 0 && <span className="soft">{storage.inTrash(formats.size(person.trashBytes))}</span>}
            </td>
          </tr>
        ))}
        {rest > 0 && (
          <tr>
            <th scope="row">{storage.others}</th>
            <td />
            <td className="number">{formats.size(rest)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
