// What every page says, and those before the sign-in.
import type { everyone as english } from "../en/everyone";

export const everyone: typeof english = {
  common: {
    product: "Strongroom",
    skip: "Zum Inhalt springen",
    menu: "Hauptmenü",
    files: "Dateien",
    people: "Personen",
    invitations: "Einladungen",
    audit: "Protokoll",
    mail: "Mails",
    storage: "Speicher",
    settings: "Einstellungen",
    signOut: "Abmelden",
    loading: "Wird geladen …",
    tryAgain: "Noch einmal versuchen",
    cancel: "Abbrechen",
    close: "Schließen",
    back: "Zurück zur Anmeldung",
    copy: "Kopieren",
    copied: "Kopiert.",
    bytes: (count) => `${count} Bytes`,
    notifications: "Mitteilungen",
    offline: "Sie sind offline. Was Sie sehen, ist vielleicht veraltet; es geht von selbst weiter, sobald die Verbindung wieder da ist.",
    online: "Sie sind wieder online.",
  },

  motto: {
    line: "Dokumente, verwahrt.",
    text: "Versiegelt, bevor sie eine Platte berühren, geöffnet für die Menschen, die Sie nennen, und für niemanden sonst.",
  },

  roles: { ADMIN: "Administration", OPS: "lädt Dateien hoch", CLIENT: "Kundin oder Kunde" },

  fields: {
    name: "Name",
    email: "E-Mail-Adresse",
    password: "Passwort",
    newPassword: "Neues Passwort",
    currentPassword: "Bisheriges Passwort",
    code: "Code",
    codeHint: "Sechs Ziffern aus Ihrem Authenticator oder einer Ihrer Wiederherstellungscodes.",
    passwordHint: "8 Zeichen oder mehr, die niemand errät; mehrere Wörter ohne Zusammenhang sind gut.",
    show: "Passwort zeigen",
    hide: "Passwort verbergen",
    required: "Füllen Sie dieses Feld aus.",
  },

  login: {
    title: "Anmelden",
    button: "Anmelden",
    forgotten: "Passwort vergessen?",
    noAccount: "Noch kein Konto?",
    signUp: "Registrieren",
    secondTitle: "Noch ein Schritt",
    otherAccount: "Anderes Konto verwenden",
    again: "Neu anmelden",
    againText: "Ihre Sitzung ist zu Ende. Melden Sie sich neu an und machen Sie dort weiter, wo Sie waren: Nichts geht verloren.",
    stay: "Jetzt nicht, abmelden",
    resend: "Mail noch einmal senden",
  },

  signup: {
    title: "Registrieren",
    button: "Registrieren",
    who: "Was führt Sie her?",
    client: "Ich bin Kundin oder Kunde",
    clientText: "Ich erhalte Dokumente.",
    ops: "Ich lade Dateien hoch",
    opsText: "Ich gebe Dokumente für Kunden frei.",
    invited: "Sie wurden eingeladen. Was Ihr Konto darf, hat entschieden, wer Sie eingeladen hat.",
    invitation: "Einladung",
    invitationHint: "Das Wort der Einladung, das Sie bekommen haben.",
    invitationOnly: "Hier braucht man eine Einladung. Öffnen Sie den Link, den Sie bekommen haben.",
    closed: "Zurzeit kann sich hier niemand registrieren.",
    haveAccount: "Haben Sie ein Konto?",
    badInvitation: "Diese Einladung gilt nicht: Sie wurde benutzt, ist zu alt oder für eine andere Adresse bestimmt.",
  },

  checkMail: {
    title: "Sehen Sie in Ihre Mail",
    text: (email) => `Eine Mail an ${email} ist unterwegs. Öffnen Sie den Link darin, um weiterzumachen.`,
    textNoAddress: "Eine Mail an Sie ist unterwegs. Öffnen Sie den Link darin, um weiterzumachen.",
    folder: "Dieser Server verschickt keine Mail, er schreibt jede in eine Datei. Öffnen Sie die neueste in diesem Ordner und den Link darin:",
    nothing: "Nichts gekommen? Sehen Sie bei der unerwünschten Mail nach, oder lassen Sie sie noch einmal senden.",
    resend: "Noch einmal senden",
    resent: "Eine weitere Mail ist unterwegs. Der Link davor gilt nicht mehr.",
  },

  verify: {
    title: "Adresse bestätigen",
    text: "Geben Sie das Passwort ein, das Sie bei der Registrierung gewählt haben.",
    button: "Bestätigen und anmelden",
    wrong: "Das ist nicht das Passwort, das bei der Registrierung gewählt wurde.",
    noToken: "Öffnen Sie diese Seite über den Link in der Mail: Ohne ihn gibt es nichts zu bestätigen.",
  },

  confirmEmail: {
    title: "Neue Adresse bestätigen",
    text: "Geben Sie das Passwort Ihres Kontos ein. Sie werden überall abgemeldet.",
    button: "Bestätigen",
    done: "Ihre neue Adresse ist bestätigt. Melden Sie sich ab jetzt mit ihr an.",
  },

  forgotten: {
    title: "Passwort vergessen",
    text: "Geben Sie Ihre Adresse ein. Gibt es ein Konto, so geht ein Link für ein anderes Passwort dorthin.",
    button: "Link senden",
    done: "Gibt es ein Konto mit dieser Adresse, so ist die Mail unterwegs.",
  },

  reset: {
    title: "Neues Passwort wählen",
    text: "Sie werden überall abgemeldet.",
    button: "Wählen",
    done: "Sie haben ein neues Passwort und sind überall abgemeldet. Melden Sie sich damit an.",
  },

  notFound: { title: "Diese Seite gibt es nicht", text: "Die Adresse ist vielleicht alt oder falsch geschrieben.", home: "Zum Anfang" },
};
