import { useNow } from "../files/use_now";
import { useTexts } from "../i18n/language";
import { Section } from "../settings/section";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { useExplanation } from "../ui/use_explanation";
import { KeyRow } from "./key_row";
import type { Key } from "./operations";
import { RotationState } from "./rotation_state";
import { useKeyRing } from "./use_key_ring";

/** The keys and what has become of them. They are turned on the machine itself; here stands by which command. */
export function KeysSection() {
  const { keys, common } = useTexts();
  const explain = useExplanation();
  const now = useNow();
  const { ring, problem, again } = useKeyRing();

  const table = (label: string, list: readonly Key[]) => (
    <table className="ledger keys">
      <caption>{label}</caption>
      <thead>
        <tr>
          <th scope="col">{keys.key}</th>
          <th scope="col">{keys.state}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((item) => (
          <KeyRow key={item.id} item={item} rotation={ring?.rotation ?? null} now={now} />
        ))}
      </tbody>
    </table>
  );

  const those = (...states: Key["state"][]) => ring?.keys.filter(({ state }) => states.includes(state)) ?? [];
  const [replaced, retired] = [those("OLD", "RETIRING"), those("RETIRED")];
  return (
    <Section title={keys.title}>
      {problem && (
        <>
          <Notice kind="problem">{explain(problem)}</Notice>
          <Button onPress={again}>{common.tryAgain}</Button>
        </>
      )}
      {!ring && !problem && <p className="soft" role="status">{common.loading}</p>}
      {ring && (
        <>
          <p>{keys.sources[ring.source]}</p>
          <RotationState ring={ring} now={now} />
          {table(keys.inUse, those("CURRENT", "ADDED"))}
          {replaced.length > 0 && table(keys.replaced, replaced)}
          {retired.length > 0 && (
            <details>
              <summary>{keys.retired(retired.length)}</summary>
              {table(keys.gone, retired)}
            </details>
          )}
          <p className="soft">{keys.howToRotate}</p>
          <code className="command">strongroom keys rotate</code>
          <p className="soft">{keys.copy}</p>
          <code className="command">strongroom keys export ring.copy</code>
        </>
      )}
    </Section>
  );
}
