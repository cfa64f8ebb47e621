import { useFormats } from "../format/use_formats";
import { useTexts } from "../i18n/language";
import { usePerson } from "../session/session";
import { Section } from "./section";

export function ProfileSection() {
  const { settings, fields, roles } = useTexts();
  const formats = useFormats();
  const person = usePerson();
  return (
    <Section title={settings.profile}>
      <dl className="facts">
        <dt>{fields.name}</dt>
        <dd>{person.name}</dd>
        <dt>{fields.email}</dt>
        <dd>{person.email}</dd>
        <dt>{settings.role}</dt>
        <dd>{roles[person.role]}</dd>
        <dt>{settings.since}</dt>
        <dd>{formats.moment(person.createdAt)}</dd>
      </dl>
    </Section>
  );
}
