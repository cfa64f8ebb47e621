// What every page says, and those before the sign-in.
export const everyone = {
  common: {
    product: "Strongroom",
    skip: "Skip to the content",
    menu: "Main",
    files: "Files",
    people: "People",
    invitations: "Invitations",
    audit: "Audit",
    mail: "Mail",
    storage: "Storage",
    settings: "Settings",
    signOut: "Sign out",
    loading: "Loading …",
    tryAgain: "Try again",
    cancel: "Cancel",
    close: "Close",
    back: "Back to sign-in",
    copy: "Copy",
    copied: "Copied.",
    bytes: (count: string) => `${count} bytes`,
    notifications: "Notifications",
    offline: "You are offline. What you see may be old; it goes on by itself when the line is back.",
    online: "You are online again.",
  },

  motto: {
    line: "Documents, kept.",
    text: "Sealed before they touch a disk, opened for the people you name, and for nobody else.",
  },

  roles: { ADMIN: "Administrator", OPS: "Uploads files", CLIENT: "Client" },

  fields: {
    name: "Name",
    email: "E-mail address",
    password: "Password",
    newPassword: "New password",
    currentPassword: "Current password",
    code: "Code",
    codeHint: "Six digits from your authenticator, or one of your recovery codes.",
    passwordHint: "8 characters or more that nobody guesses; several unrelated words are good.",
    show: "Show the password",
    hide: "Hide the password",
    required: "Fill this in.",
  },

  login: {
    title: "Sign in",
    button: "Sign in",
    forgotten: "Forgotten your password?",
    noAccount: "No account yet?",
    signUp: "Sign up",
    secondTitle: "One more step",
    otherAccount: "Use another account",
    again: "Sign in again",
    againText: "Your session has ended. Sign in again and go on where you were: nothing that you typed is lost.",
    stay: "Not now, sign out",
    resend: "Send the mail again",
  },

  signup: {
    title: "Sign up",
    button: "Sign up",
    who: "What brings you here?",
    client: "I am a client",
    clientText: "I receive documents.",
    ops: "I upload files",
    opsText: "I share documents with clients.",
    invited: "You were invited. What your account may do was decided by whoever invited you.",
    invitation: "Invitation",
    invitationHint: "The word of the invitation that you were given.",
    invitationOnly: "An invitation is needed here. Open the link that you were given.",
    closed: "Nobody can sign up here at the moment.",
    haveAccount: "Have an account?",
    badInvitation: "This invitation is not good: it was used, is too old, or is meant for another address.",
  },

  checkMail: {
    title: "Check your mail",
    text: (email: string) => `A mail is on its way to ${email}. Open the link in it to go on.`,
    textNoAddress: "A mail is on its way to you. Open the link in it to go on.",
    folder: "This server sends no mail: it writes each into a file. Open the newest one in this folder, and the link in it:",
    nothing: "Nothing has come? Look among the unwanted mail, or have it sent again.",
    resend: "Send it again",
    resent: "Another mail is on its way. The link before it is void.",
  },

  verify: {
    title: "Confirm your address",
    text: "Type the password that you chose when you signed up.",
    button: "Confirm and sign in",
    wrong: "This is not the password that was chosen at sign-up.",
    noToken: "Open this page by the link in the mail: without it there is nothing to confirm.",
  },

  confirmEmail: {
    title: "Confirm your new address",
    text: "Type the password of your account. You will be signed out everywhere.",
    button: "Confirm",
    done: "Your new address is confirmed. Sign in with it from now on.",
  },

  forgotten: {
    title: "Forgotten password",
    text: "Type your address. If there is an account, a link to choose another password is mailed to it.",
    button: "Send the link",
    done: "If there is an account with this address, the mail is on its way.",
  },

  reset: {
    title: "Choose a new password",
    text: "You will be signed out everywhere.",
    button: "Choose",
    done: "You have a new password, and are signed out everywhere. Sign in with it.",
  },

  notFound: { title: "There is no such page", text: "The address may be old, or misspelt.", home: "Go to the start" },
};
