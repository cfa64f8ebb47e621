import { useTexts } from "../i18n/language";
import { EmailSection } from "../settings/email_section";
import { FactorSection } from "../settings/factor_section";
import { LooksSection } from "../settings/looks_section";
import { PasskeysSection } from "../settings/passkeys_section";
import { PasswordSection } from "../settings/password_section";
import { ProfileSection } from "../settings/profile_section";
import { SessionsSection } from "../settings/sessions_section";
import { Shell } from "../ui/shell";
import "../design/settings.css";

export default function Settings() {
  const { settings } = useTexts();
  return (
    <Shell title={settings.title}>
      <div className="sections">
        <ProfileSection />
        <LooksSection />
        <PasswordSection />
        <FactorSection />
        <PasskeysSection />
        <SessionsSection />
        <EmailSection />
      </div>
    </Shell>
  );
}
