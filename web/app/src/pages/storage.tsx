// Storage in numbers, and the keys, for Admins.
import { useQuery } from "urql";
import { Redirect } from "wouter";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Section } from "../settings/section";
import { Figures } from "../storage/figures";
import { KeysSection } from "../storage/keys_section";
import { LargestTable } from "../storage/largest_table";
import { Everybodys } from "../storage/operations";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { Shell } from "../ui/shell";
import { useExplanation } from "../ui/use_explanation";
import "../design/settings.css";
import "../design/system.css";

export default function StoragePage() {
  const { role } = usePerson();
  return role === "ADMIN" ? <Storage /> : <Redirect to="/" replace />;
}

function Storage() {
  const { storage, common } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const [{ data, error }, readAgain] = useQuery({ query: Everybodys, requestPolicy: "cache-and-network" });
  const usage = data?.storageUsage.everybody;
  const perUser = data?.storageUsage.limitBytes ?? null;
  return (
    <Shell title={storage.title}>
      <div className="sections">
        <Section title={storage.everybody}>
          {error && (
            <>
              <Notice kind="problem">{explain(problemOf(error))}</Notice>
              <Button onPress={() => readAgain({ requestPolicy: "network-only" })}>{common.tryAgain}</Button>
            </>
          )}
          {!usage && !error && <p className="soft" role="status">{common.loading}</p>}
          {usage && <Figures usage={usage} />}
        </Section>
        {usage && (
          <Section title={storage.largest}>
            <LargestTable usage={usage} />
            <p className="soft">{perUser === null ? storage.noLimitEach : storage.limitEach(formats.size(perUser))}</p>
          </Section>
        )}
        <KeysSection />
      </div>
    </Shell>
  );
}
