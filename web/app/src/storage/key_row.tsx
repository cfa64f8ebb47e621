import type { Formats } from "../format/format";
import { useFormats } from "../format/use_formats";
import type { Texts } from "../i18n/en";
import { useTexts } from "../i18n/language";
import { adviceOf } from "./key_advice";
import type { Advice } from "./key_advice";
import type { Key, Rotation } from "./operations";

/** A key by what it is for: what has become of it, and what is to be done. */
export function KeyRow({ item, rotation, now }: { item: Key; rotation: Rotation | null; now: Date }) {
  const { keys } = useTexts();
  const formats = useFormats();
  const since = formats.day(item.replacedAt ?? item.createdAt, now);
  const advice = adviceOf(item, rotation?.phase, now);
  return (
    <tr>
      <th scope="row">
        {keys.purposes[item.purpose]} <code className="soft">{item.id}</code>
      </th>
      <td>
        <span className={`key-state ${item.state.toLowerCase()}`}>{keys.states[item.state](since)}</span>
        {advice.is !== "nothing" && <span className="soft">{inWords(advice, keys, formats)}</span>}
        {advice.is === "retire" && <code className="command">{`strongroom keys retire ${item.id}`}</code>}
      </td>
    </tr>
  );
}

function inWords(advice: Exclude<Advice, { is: "nothing" }>, keys: Texts["keys"], formats: Formats): string {
  switch (advice.is) {
    case "rewrapping":
      return keys.isRewrapped;
    case "needed":
      return keys.needed(advice);
    case "until":
      return keys.until(formats.moment(advice.moment));
    case "retire":
      return keys.retire;
  }
}
