// What Admins see, and invitations, which Ops make too.
import type { admin as english } from "../en/admin";

export const admin: typeof english = {
  invitations: {
    title: "Einladungen",
    invite: "Jemanden einladen",
    as: "Als was",
    emailHint: "Sie gilt dann nur für diese Adresse und geht dorthin. Leer lassen für einen Link, den Sie selbst weitergeben.",
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
