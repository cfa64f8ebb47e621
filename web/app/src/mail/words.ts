// The API names kinds and reasons by words of its own, and may come to know more of them than this page.
import type { Texts } from "../i18n/en";

/** What a mail is about. */
export function kindOf(template: string, { mail }: Texts): string {
  return mail.kinds[template] ?? template;
}

/** Why it could not be sent: a word, with the mail server's reply code behind it where it gave one. */
export function reasonOf(reason: string, { mail }: Texts): string {
  const [word = "", status] = reason.split(" ");
  const words = mail.reasons[word] ?? word;
  return status === undefined ? words : mail.withStatus(words, status);
}
