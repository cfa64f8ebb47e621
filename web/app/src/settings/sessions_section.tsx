import { useMutation, useQuery } from "urql";
import { graphql } from "../api/graphql";
import { problemOf } from "../api/problem";
import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { useSession } from "../session/session";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { useToast } from "../ui/toasts";
import { useExplanation } from "../ui/use_explanation";
import { deviceOf } from "./device";
import { Section } from "./section";
import { useFocusKept } from "./use_focus_kept";

const Sessions = graphql(`
  query Sessions {
    activeSessions(first: 100) {
      nodes {
        id
        device
        createdAt
        lastUsedAt
        isCurrent
      }
    }
  }
`);

const RevokeSession = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id)
  }
`);

export function SessionsSection() {
  const { settings } = useTexts();
  const formats = useFormats();
  const explain = useExplanation();
  const say = useToast();
  const { signOut } = useSession();
  const [{ data, error }, readAgain] = useQuery({ query: Sessions, requestPolicy: "cache-and-network" });
  const [, revoke] = useMutation(RevokeSession);

  const end = async (id: string) => {
    const result = await revoke({ id });
    say(result.error ? explain(problemOf(result.error)) : settings.ended);
    readAgain({ requestPolicy: "network-only" });
  };

  const sessions = data?.activeSessions.nodes ?? [];
  const heading = useFocusKept(sessions.length);
  const now = new Date();
  return (
    <Section title={settings.sessionsTitle} heading={heading}>
      {error && <Notice kind="problem">{explain(problemOf(error))}</Notice>}
      <ul className="sessions">
        {sessions.map((session) => {
          const device = settings.device(deviceOf(session.device));
          return (
            <li key={session.id}>
              <span title={session.device}>
                {device}
                {session.isCurrent && <em> ({settings.thisOne})</em>}
              </span>
              <span className="soft">{settings.used(formats.near(session.lastUsedAt, now))}</span>
              {!session.isCurrent && (
                <Button kind="quiet" aria-label={settings.endNamed(device)} onPress={() => void end(session.id)}>
                  {settings.end}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Button kind="danger" onPress={() => void signOut(true)}>
        {settings.everywhere}
      </Button>
    </Section>
  );
}
