"""A real mail server for the tests (aiosmtpd). What it takes goes into a folder, one JSON file a mail.

How it behaves stands in FOLDER/rules.json, which is read again for every command, so that a test can change its mind:
  rcpt, data        what it answers to RCPT and to the content, e.g. "450 4.2.0 Later"; without them it takes everything
  delay_seconds     how long it thinks before it answers to the content, having kept the mail
  keep_all_the_same true: it keeps a mail whose content it refuses
  hang              true: it never answers to the content, and says so by a file `hanging`
"""

import argparse
import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    def __init__(self, folder):
        self.folder = folder

    def rules(self):
        try:
            return json.loads((self.folder / "rules.json").read_text())
        except FileNotFoundError:
            return {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.rules().get("rcpt")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        rules = self.rules()
        if rules.get("hang"):
            (self.folder / "hanging").touch()
            await asyncio.sleep(1_000_000)
        if "data" not in rules or rules.get("keep_all_the_same"):
            self.keep(server, session, envelope)
        await asyncio.sleep(rules.get("delay_seconds", 0))
        return rules.get("data", "250 OK")

    def keep(self, server, session, envelope):
        number = len(list(self.folder.glob("*.mail"))) + 1
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("ascii"),
            "encrypted": bool(session.ssl or server.transport.get_extra_info("sslcontext")),
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "hello": session.host_name,
        }
        unfinished = self.folder / f".{number}"
        unfinished.write_text(json.dumps(kept))
        unfinished.rename(self.folder / f"{number:04}.mail")


def credentials_checker(user, password):
    def check(server, session, envelope, mechanism, data):
        good = mechanism in ("PLAIN", "LOGIN") and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=good, handled=False, auth_data=data)

    return check


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--encryption", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    args = parser.parse_args()

    context = None
    if args.encryption != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)
    settings = {"hostname": "mail.test", "enable_SMTPUTF8": False}
    if args.encryption == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if args.user:
        settings |= {
            "authenticator": credentials_checker(args.user, args.password),
            "auth_required": True,
            "auth_require_tls": args.encryption == "starttls",
        }
    keeper = Keeper(args.folder)
    loop = asyncio.get_running_loop()
    implicit = context if args.encryption == "implicit" else None
    # "localhost" is this machine by both of its numbers, wherever it has both.
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, **settings), "localhost", args.port, ssl=implicit
    )
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
