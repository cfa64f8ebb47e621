// What went wrong, by the contract's codes, and what a field takes.
import type { errors as english } from "../en/errors";

const code: (typeof english)["code"] = {
  UNAUTHENTICATED: () => "Sie sind nicht mehr angemeldet. Melden Sie sich neu an.",
  FORBIDDEN: () => "Das dürfen Sie hier nicht.",
  NOT_FOUND: () => "Es ist nicht mehr da oder war nie für Sie freigegeben.",
  BAD_USER_INPUT: () => "Eine der Angaben ist nicht so, wie sie sein muss.",
  CONFLICT: () => "Inzwischen hat sich etwas geändert. Laden Sie neu und versuchen Sie es noch einmal.",
  INVALID_CREDENTIALS: () => "E-Mail-Adresse, Passwort oder Code ist falsch.",
  EMAIL_NOT_VERIFIED: () => "Ihre Adresse ist noch nicht bestätigt. Öffnen Sie den Link in der Mail, die wir Ihnen geschickt haben.",
  TOTP_REQUIRED: () => "Ihr Konto ist durch einen zweiten Faktor geschützt. Geben Sie den Code ein, den Ihr Authenticator zeigt.",
  INVALID_TOKEN: () => "Dieser Link gilt nicht mehr: Er wurde benutzt, ist zu alt oder unvollständig.",
  RATE_LIMITED: (_, { duration }) => `Das waren zu viele Versuche. Kommen Sie in ${duration} wieder.`,
  UNSUPPORTED_FILE_TYPE: () => "Dateien dieser Art werden nicht angenommen, oder der Inhalt ist nicht, was der Name sagt.",
  FILE_TOO_LARGE: (_, { size }) => `Die Datei ist zu groß; höchstens ${size} werden angenommen.`,
  QUOTA_EXCEEDED: (_, { size }) => `Für diese Datei ist kein Platz mehr; Sie dürfen ${size} ablegen.`,
  UPLOAD_INCOMPLETE: () => "Die Übertragung brach ab, und nichts wurde abgelegt. Versuchen Sie es noch einmal.",
  UNAVAILABLE: ({ outcome }) =>
    outcome === "unknown"
      ? "Der Server hat gerade Schwierigkeiten. Sehen Sie nach, ob es geschehen ist, bevor Sie es noch einmal versuchen."
      : "Der Server hat gerade Schwierigkeiten. Nichts ist geschehen; versuchen Sie es später noch einmal.",
  GONE: () => "Dieser Link ist abgelaufen. Lassen Sie sich einen neuen geben.",
  INTERNAL: ({ requestId }) =>
    requestId ? `Auf dem Server ging etwas schief. Bleibt es so, melden Sie die Nummer ${requestId}.` : "Auf dem Server ging etwas schief.",
  OFFLINE: () => "Der Server ist nicht zu erreichen. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.",
};

const field: (typeof english)["field"] = {
  name: "Geben Sie einen Namen mit 1 bis 255 Zeichen an.",
  email: "Das ist keine E-Mail-Adresse.",
  newEmail: "Das ist keine E-Mail-Adresse.",
  password: "Nehmen Sie 8 bis 1024 Zeichen, die niemand errät; mehrere Wörter ohne Zusammenhang sind gut.",
  recipients: "Jede davon muss die Adresse eines Kunden sein, der sie bestätigt hat.",
  expiresAt: "Wählen Sie einen Tag, der nicht vorbei ist.",
  maxDownloads: "Schreiben Sie eine Zahl ab 1, oder nichts.",
  to: "Wählen Sie aus der Liste eine aktive Person, die Dateien hochlädt und nie in der Administration war.",
  files: "Wählen Sie aus der Liste eine aktive Person, die Dateien hochlädt und nie in der Administration war.",
  emails: "Schreiben Sie 1 bis 100 Adressen.",
  newPassword: "Nehmen Sie 8 bis 1024 Zeichen, die niemand errät; mehrere Wörter ohne Zusammenhang sind gut.",
};

export const errors: typeof english = {
  code,
  field,
  heading: "Das hat nicht geklappt",
};
