// Everybody with an account, and what Admins can do.
export const people = {
  people: {
    title: "People",
    list: "People with an account",
    count: (count: string, isOne: boolean) => (isOne ? "1 person" : `${count} people`),
    search: "Search by address",
    role: "Role",
    everyRole: "All roles",
    standing: "Standing",
    everyStanding: "Everybody",
    isActive: "Active",
    isDisabled: "Disabled",
    none: "There is nobody like that",
    noneText: "Try fewer letters of the address, or another choice.",
    nobody: "Nobody fits",
    you: "you",
    since: (day: string) => `since ${day}`,
    sinceTitle: "Account since",
    disabled: "disabled",
    manage: "Manage",
    manageNamed: (name: string, email: string) => `Manage ${name}, ${email}`,
    self: "This is your own account: you will be signed out at once.",
    actsBy: "What this person did",
    actsOn: "What was done to the account",

    roleWay: "Change the role",
    roleTitle: (name: string) => `Another role for ${name}`,
    roleText: {
      CLIENT: (name: string) => `${name} receives documents, and stores none.`,
      OPS: (name: string) => `${name} stores documents and shares them with clients.`,
      ADMIN: (name: string) =>
        `${name} runs this installation: people, invitations, audit. Administrators read no content, and nobody who was one is ever given the files of others, not even later.`,
    },
    roleEnds: (name: string) =>
      `With the old role ends what came of it: ${name} is signed out everywhere, and what was shared with ${name} and whom ${name} invited is taken back. A mail tells ${name}.`,
    roleDone: (name: string, role: string) => `The role of ${name} is now: ${role}.`,
    ownsFiles: (name: string) => `${name} has files, perhaps in the trash. Give them to somebody else first.`,
    lastAdmin: (name: string) => `${name} is the last active administrator, and one there has to be. Make somebody else administrator first.`,
    busy: "Something is still being done about this account. Try again in a moment.",

    disableWay: "Disable",
    disableTitle: (name: string) => `Disable ${name}?`,
    disableText: (name: string) =>
      `${name} is signed out everywhere at once, and cannot sign in. Links stop working, what ${name} shared is as if it were not shared, and whom ${name} invited cannot sign up. Files stay where they are, and you can take this back at any time. A mail tells ${name}.`,
    disabledNow: (name: string) => `${name} is disabled.`,
    enableWay: "Enable again",
    enableTitle: (name: string) => `Enable ${name} again?`,
    enableText: (name: string) => `${name} can sign in again, and what ${name} shared is shared again. A mail tells ${name}.`,
    enabled: (name: string) => `${name} can sign in again.`,

    filesWay: "Give the files away",
    filesTitle: (name: string) => `Give away the files of ${name}`,
    filesText: (name: string) =>
      `All files of ${name}, those in the trash too, belong to somebody else from then on. With whom they are shared stays as it is. A mail tells both.`,
    heir: "Who gets them",
    heirHint: "An active person who uploads files and was never an administrator. Type a part of the address.",
    given: (count: string, isOne: boolean, heir: string) => (isOne ? `1 file belongs to ${heir} now.` : `${count} files belong to ${heir} now.`),

    deleteWay: "Delete the account",
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: (name: string) =>
      `The account is deleted for good: ${name} is signed out everywhere, and everything shared with ${name} is taken back. This cannot be undone. A mail tells ${name}.`,
    filesWhat: "What becomes of the files",
    give: "Somebody else gets them",
    giveText: "With whom they are shared stays as it is.",
    destroy: "They are deleted too",
    destroyText: "For good, with all shares, also out of the trash.",
    deleteBoth: "Delete the account and the files",
    deleted: (name: string) => `The account of ${name} is deleted.`,
  },
};
