// What Admins see, and invitations, which Ops make too.
export const admin = {
  invitations: {
    title: "Invitations",
    invite: "Invite somebody",
    as: "As what",
    emailHint: "It then works for this address only, and is mailed there. Leave it open for a link that you pass on yourself.",
    made: "This link makes the account. It is shown only now:",
    pending: "Not used yet",
    none: "There are none.",
    anybody: "whoever has the link",
    until: (when: string) => `good until ${when}`,
    revoke: "Take back",
    revokeNamed: (whom: string) => `Take back the invitation of ${whom}`,
    revoked: "The invitation is taken back.",
  },
};
