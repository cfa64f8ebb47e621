// The second factor: how it stands, setting it up, its recovery codes.
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { problemOf } from "../api/problem";
import { useTexts } from "../i18n/language";
import { Button } from "../ui/button";
import { PasswordField } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/notice";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { useSubmit } from "../ui/use_submit";
import { FactorEnrolment } from "./factor_enrolment";
import type { Enrolment } from "./factor_enrolment";
import { DisableSecondFactor, EnrolSecondFactor, RenewRecoveryCodes, SecondFactor, isLacking } from "./factor_operations";
import { RecoveryCodes } from "./recovery_codes";
import { Section } from "./section";
import { useFocusKept } from "./use_focus_kept";

export function FactorSection() {
  const { settings, fields } = useTexts();
  const explain = useExplanation();
  const say = useToast();
  const [{ data, error }, readAgain] = useQuery({ query: SecondFactor });
  const [, enrol] = useMutation(EnrolSecondFactor);
  const [, renew] = useMutation(RenewRecoveryCodes);
  const [, disable] = useMutation(DisableSecondFactor);
  const [password, setPassword] = useState("");
  const [wish, setWish] = useState<"enrol" | "renew" | "disable">("enrol");
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);

  const done = () => {
    setPassword("");
    readAgain({ requestPolicy: "network-only" });
  };

  const { submit, busy, problem } = useSubmit(async () => {
    if (wish === "enrol") {
      const result = await enrol({ password });
      if (result.data) { setEnrolment(result.data.enrolSecondFactor); setPassword(""); }
      return result;
    }
    if (wish === "renew") {
      const result = await renew({ password });
      if (result.data) { setCodes(result.data.renewRecoveryCodes.codes); done(); }
      return result;
    }
    const result = await disable({ password });
    if (result.data) { say(settings.disabled); setWish("enrol"); done(); }
    return result;
  });

  const heading = useFocusKept(codes ? "codes" : enrolment ? "enrolment" : "form");
  const status = data?.secondFactor;
  const wishes = status?.enabled ? (["renew", "disable"] as const) : (["enrol"] as const);
  const labels = { enrol: settings.begin, renew: settings.renew, disable: settings.disable };

  return (
    <Section title={settings.factorTitle} heading={heading}>
      {error && <Notice kind="problem">{explain(problemOf(error))}</Notice>}
      {codes ? (
        <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />
      ) : enrolment ? (
        <FactorEnrolment
          enrolment={enrolment}
          onDone={(made) => { setEnrolment(null); setCodes(made); done(); }}
          onCancel={() => setEnrolment(null)}
        />
      ) : (
        status && (
          <>
            {isLacking(data) && <Notice kind="hint">{settings.factorRequired}</Notice>}
            <p className="soft">{status.enabled ? `${settings.factorOn} ${settings.codesLeft(status.recoveryCodesLeft)}` : settings.factorOff}</p>
            <Form onSubmit={submit} problem={problem}>
              <PasswordField name="password" label={fields.currentPassword} value={password} onChange={setPassword} autoComplete="current-password" />
              <div className="actions">
                {wishes.map((one) => (
                  <Button key={one} type="submit" kind={one === "disable" ? "danger" : "plain"} isPending={busy && one === wish} onPress={() => setWish(one)}>
                    {labels[one]}
                  </Button>
                ))}
              </div>
            </Form>
          </>
        )
      )}
    </Section>
  );
}
