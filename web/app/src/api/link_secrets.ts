// The links of mails and invitations carry a secret in their query. It is read once, and out of the address bar and the history before
// anything else happens.

export interface LinkSecrets {
  token: string | null;
  invitation: string | null;
}

/** Takes the secrets out of an address; answers them and the address without them. */
export function takeSecrets(href: string): { secrets: LinkSecrets; rest: string } {
  const url = new URL(href);
  const secrets = { token: url.searchParams.get("token"), invitation: url.searchParams.get("invitation") };
  url.searchParams.delete("token");
  url.searchParams.delete("invitation");
  return { secrets, rest: `${url.pathname}${url.search}${url.hash}` };
}

const { secrets, rest } = typeof location === "undefined" ? takeSecrets("http://nowhere/") : takeSecrets(location.href);
if (secrets.token !== null || secrets.invitation !== null) history.replaceState(history.state, "", rest);

/** What the address had when the page was opened. */
export const linkSecrets: Readonly<LinkSecrets> = secrets;
