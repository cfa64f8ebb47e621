// What Admins see, and invitations, which Ops make too.
import type { admin as english } from "../en/admin";

export const admin: typeof english = {
  invitations: {
    title: "Einladungen",
    invite: "Jemanden einladen",
    as: "Als was",
    emailHint: "Sie gilt dann nur für diese Adresse und geht dorthin. Leer lassen für einen Link, den Sie selbst weitergeben.",
    many: "Viele auf einmal einladen",
    addresses: "Adressen",
    addressesHint: "Je Zeile eine, oder mit Komma oder Semikolon dazwischen; „Name <Adresse>“ geht auch. Höchstens 100.",
    good: (count, isOne) => (isOne ? "1 Adresse wird eingeladen." : `${count} Adressen werden eingeladen.`),
    tooMany: (count) => `Das sind ${count} zu viel: höchstens 100 auf einmal.`,
    bad: "Keine Adressen und ausgelassen:",
    twice: "Mehrmals genannt und einmal eingeladen:",
    inviteAll: "Alle einladen",
    sent: (count, isOne) => (isOne ? "1 Einladung ist unterwegs." : `${count} Einladungen sind unterwegs.`),
    count: (count, isOne) => (isOne ? "1 Einladung wartet." : `${count} Einladungen warten.`),
    made: "Dieser Link führt zum Konto. Er wird nur jetzt gezeigt:",
    pending: "Noch nicht benutzt",
    none: "Es gibt keine.",
    anybody: "wer den Link hat",
    until: (when) => `gilt bis ${when}`,
    revoke: "Zurücknehmen",
    revokeNamed: (whom) => `Einladung für ${whom} zurücknehmen`,
    revoked: "Die Einladung ist zurückgenommen.",
  },
};
