// The house itself, for Admins: mail that could not be sent, storage, keys.
import type { Key, Ring } from "../../storage/operations";

/** By the API's words, which may become more. */
type Words = Record<string, string>;

const kinds: Words = {
  verify_email: "Confirmation of an address",
  already_registered: "Note that there is an account already",
  password_reset: "Link for a new password",
  password_changed: "Note of a changed password",
  confirm_new_email: "Confirmation of a new address",
  email_change_requested: "Note that another address was asked for",
  email_changed_notice: "Note of another address",
  invitation: "Invitation",
  account_changed: "Note of what an administrator has changed",
  second_factor_changed: "Note about the second factor",
  files_reassigned: "Note of files that were handed over",
};

const reasons: Words = {
  unreachable: "The mail server does not answer",
  not_secure: "The line to the mail server is not secure",
  authentication_refused: "The mail server refuses its user or password",
  sender_refused: "The sender is refused",
  recipient_refused: "The recipient is refused",
  content_refused: "The content is refused",
  timed_out: "The mail server takes too long",
  connection_lost: "The line to the mail server broke",
  address_unusable: "The address cannot be used",
  mail_unusable: "The mail could not be put together",
  not_written: "The mail could not be written into its folder",
  not_answered: "The mail server takes too long",
  not_readable: "The server that tried could not read the mail",
};

const over: Words = {
  verify_email: "The sign-up that it was about has run out, or is complete. If the person has no account yet, signing up again sends another mail.",
  password_reset: "The link in it has run out, or was replaced. The person can ask for another on the page “Forgotten password”.",
  confirm_new_email: "The change of address has run out, or was replaced. The person can ask for it again in the settings.",
  invitation: "The invitation has run out, was used, or was taken back. Invite the person anew.",
};

const states: Record<Key["state"], (since: string) => string> = {
  ADDED: (since) => `made ${since}, waits until every server has it`,
  CURRENT: (since) => `in use since ${since}`,
  OLD: (since) => `replaced ${since}`,
  RETIRING: (since) => `replaced ${since}, is being retired`,
  RETIRED: (since) => `gone for good, of ${since}`,
};

const purposes: Record<Key["purpose"], string> = {
  WRAPPING: "Files and second factors",
  SIGNING: "Sign-ins",
  LINK: "Download links",
  CURSOR: "Places in lists",
  MAIL: "Links in mails",
};

const sources: Record<Ring["source"], string> = {
  FILE: "The key ring lies in a file on the server. Keep a copy of it apart from database and files.",
  ENV: "The server finds the key ring in its environment.",
  COMMAND: "The server has a program print the key ring, such as the client of a vault.",
};

export const system = {
  mail: {
    title: "Mail that could not be sent",
    intro: "Given up after three days, or at once where the recipient was refused for good. Kept for 30 days.",
    count: (count: string, isOne: boolean) => (isOne ? "1 mail" : `${count} mails`),
    empty: "There is no mail that could not be sent",
    emptyText: "What does not reach its recipient within three days, or is refused for good, appears here.",
    kinds,
    reasons,
    withStatus: (reason: string, status: string) => `${reason} (${status})`,
    attempts: (count: number) => (count === 1 ? "tried once" : `tried ${count} times`),
    sendAgain: "Send again",
    sendAgainNamed: (kind: string, whom: string) => `Send again to ${whom}: ${kind}`,
    sent: (whom: string) => `The mail to ${whom} is on its way again. If it carries a link, that is a new one.`,
    gone: (whom: string) => `The mail to ${whom} is not here any more: somebody else has had it sent, or what it was about is over.`,
    sendAll: "Send all again",
    sending: (count: string) => `Sending … ${count}`,
    allSent: (count: string, sent: number, left: number) =>
      (sent === 1 ? "1 mail is on its way again." : `${count} mails are on their way again.`) +
      (left === 0 ? "" : left === 1 ? " 1 cannot be sent any more." : ` ${left} cannot be sent any more.`),
    overTitle: "This mail cannot be sent again",
    over,
    overOther: "What it was about is over. The person has to ask for another mail.",
  },

  storage: {
    title: "Storage",
    everybody: "Everybody together",
    used: "Stored",
    files: "Files",
    trash: "In the trash",
    noLimit: "without a limit",
    ofLimit: (limit: string, part: string) => `of ${limit} (${part})`,
    free: (size: string) => `${size} free`,
    largest: "Who has stored most",
    largestHint: "What lies in the trash counts until it is emptied.",
    person: "Person",
    inTrash: (size: string) => `${size} in the trash`,
    others: "Everybody else",
    nobody: "Nobody has stored anything yet.",
    limitEach: (size: string) => `Each person may store ${size}.`,
    noLimitEach: "No person has a limit.",
  },

  keys: {
    title: "Keys",
    key: "Key",
    state: "State",
    inUse: "In use",
    replaced: "Replaced",
    gone: "Retired",
    purposes,
    states,
    sources,
    neverRotated: "The keys were never replaced.",
    adding: (lacking: string, instances: string) => `New keys wait until every server has them: ${lacking} of ${instances} have not got them yet.`,
    rewrapping: (done: string, total: string) => `New keys are in use. What the former ones protect is being rewrapped: ${done} of ${total} files.`,
    rotated: (day: string, files: string) => `Last replaced ${day}; files rewrapped: ${files}.`,
    abandoned: (day: string) => `The replacement that began ${day} was given up.`,
    failed: (count: string) => `The keys of some files (${count}) could not be opened and stay as they were. The server's log names the files.`,
    isRewrapped: "What needs it is being rewrapped.",
    needed: ({ files, secondFactors, mails }: { files: number; secondFactors: number; mails: number }) =>
      `Still needed. Files: ${files}, second factors: ${secondFactors}, mails that wait: ${mails}. The next replacement takes along what it can.`,
    until: (moment: string) => `What it has made is good until ${moment}. After that it can be retired.`,
    retire: "Nothing needs it. Whoever runs the machine retires it by:",
    retired: (count: number) => (count === 1 ? "1 retired key" : `${count} retired keys`),
    howToRotate: "Keys are replaced on the machine itself, while everything goes on:",
    copy: "After that make a new copy of the ring, for an older one lacks the new keys:",
  },
};
