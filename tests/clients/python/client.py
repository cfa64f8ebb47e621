"""Python's gql through the main job: AIOHTTPTransport for operations and files, WebsocketsTransport for subscriptions.

Two people sign up, confirm their addresses and log in; one uploads three files and shares them, the other lists them page by
page and downloads them; both listen meanwhile. tests/it/clients.rs runs it.
"""

import asyncio
import contextlib
import hashlib
import os
import pathlib
import re
from urllib.parse import quote

import aiohttp
from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

URL = os.environ["STRONGROOM_URL"]
MAIL = pathlib.Path(os.environ["STRONGROOM_MAIL"])
INVITATION = os.environ["STRONGROOM_INVITATION"]
DOCUMENT = pathlib.Path(os.environ["STRONGROOM_DOCUMENT"])
# Whether the server has subscriptions. Set in tests/it/clients.rs.
WITH_SUBSCRIPTIONS = os.environ.get("STRONGROOM_SUBSCRIPTIONS") == "1"
PASSWORD = "a-quiet-library-on-monday"
# In the order of the list by name.
NAMES = ["annual report.docx", "budget.docx", "Übersicht – 概要.docx"]

SIGN_UP = "mutation SignUp($input: SignupInput!) { signup(input: $input) { email verificationRequired } }"
VERIFY = """mutation Verify($token: String!, $password: String!) {
  verifyEmail(token: $token, password: $password) { user { email role } }
}"""
LOGIN = "mutation Login($input: LoginInput!) { login(input: $input) { accessToken } }"
UPLOAD = "mutation Upload($file: Upload!) { upload(file: $file) { file { id name size sha256 } } }"
UPLOAD_MANY = """mutation UploadMany($files: [Upload!]!) {
  uploadMany(files: $files) { files { id name size sha256 } }
}"""
RENAME = "mutation Rename($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { id name size sha256 } }"
SHARE = "mutation Share($input: ShareInput!) { share(input: $input) { shares { id recipient { email } } } }"
FILES = """query Files($first: Int, $after: String) {
  files(first: $first, after: $after, orderBy: NAME) {
    totalCount nodes { id name size sha256 } pageInfo { hasNextPage endCursor }
  }
}"""
LINK = "mutation Link($id: ID!) { createDownloadLink(fileId: $id) { url expiresAt } }"
FILE_SHARED = "subscription Shared { fileShared { id file { id name } sharedBy { name } } }"
FILE_DOWNLOADED = "subscription Downloaded { fileDownloaded { at recipient { email } share { file { id } } } }"


class Person:
    """Somebody, signed in or not."""

    def __init__(self, email, token=None):
        self.email = email
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def run(self, document, **variables):
        transport = AIOHTTPTransport(url=f"{URL}/graphql", headers=self.headers)
        has_files = document in (UPLOAD, UPLOAD_MANY)
        async with Client(transport=transport) as session:
            return await session.execute(gql(document), variable_values=variables, upload_files=has_files)

    async def first_event(self, document, connected):
        transport = WebsocketsTransport(
            url=f"{URL}/graphql".replace("http", "ws"),
            init_payload={"authorization": f"Bearer {self.token}"},
            # Asked for two, it finds out which one it got only where the server writes headers in capitals.
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
        async with Client(transport=transport) as session:
            connected.set()
            async for result in session.subscribe(gql(document)):
                return result


async def mailed_token(email):
    """What a person does with a mail: find the link in it."""
    for _ in range(300):
        for path in MAIL.glob("[!.]*.eml"):
            text = path.read_text(encoding="utf-8")
            if f"To: {email}" in text.splitlines():
                return re.search(r"\?token=([\w-]+)", text)[1]
        await asyncio.sleep(0.1)
    raise AssertionError(f"no mail has come to {email}")


async def become(email, role):
    """Signs up, reads the mail, confirms, and logs in."""
    nobody = Person(email)
    sign_up = {"email": email, "name": email.split("@")[0], "password": PASSWORD, "role": role}
    if role == "OPS":
        sign_up["invitation"] = INVITATION
    assert (await nobody.run(SIGN_UP, input=sign_up))["signup"]["verificationRequired"]
    verified = await nobody.run(VERIFY, token=await mailed_token(email), password=PASSWORD)
    assert verified["verifyEmail"]["user"]["role"] == role
    try:
        await nobody.run(LOGIN, input={"email": email, "password": "not-the-one-of-monday"})
        raise AssertionError("a wrong password is no password")
    except TransportQueryError as refused:
        assert refused.errors[0]["extensions"]["code"] == "INVALID_CREDENTIALS"
    login = await nobody.run(LOGIN, input={"email": email, "password": PASSWORD})
    return Person(email, login["login"]["accessToken"])


def document(name):
    """Read from the disk as it is sent."""
    return FileVar(str(DOCUMENT), filename=name, streaming=True)


async def upload(ops):
    """One file alone, and two in one request.

    aiohttp sends names percent-encoded (RFC 7578, section 4.2), and the server takes them as they come, for a browser does
    not encode: whoever wants spaces or letters beyond ASCII gives the name afterwards.
    """
    one = await ops.run(UPLOAD, file=document(NAMES[0]))
    two = await ops.run(UPLOAD_MANY, files=[document(name) for name in NAMES[1:]])
    files = [one["upload"]["file"], *two["uploadMany"]["files"]]
    assert [file["name"] for file in files] == [quote(name, safe="") for name in NAMES]
    return [(await ops.run(RENAME, id=file["id"], name=name))["renameFile"] for file, name in zip(files, NAMES)]


async def pages(client):
    first = (await client.run(FILES, first=2))["files"]
    assert (first["totalCount"], len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (3, 2, True)
    second = (await client.run(FILES, first=2, after=first["pageInfo"]["endCursor"]))["files"]
    assert (len(second["nodes"]), second["pageInfo"]["hasNextPage"]) == (1, False)
    return first["nodes"] + second["nodes"]


async def download(client, file):
    """The link answers by plain HTTP, to the one who asked for it."""
    link = (await client.run(LINK, id=file["id"]))["createDownloadLink"]
    async with aiohttp.ClientSession() as http, http.get(link["url"], headers=client.headers) as answer:
        assert answer.status == 200, answer.status
        assert hashlib.sha256(await answer.read()).hexdigest() == file["sha256"]


async def main():
    done = []
    ops = await become("gql-ops@example.com", "OPS")
    client = await become("gql-client@example.com", "CLIENT")
    done.append("2 signed up and logged in")

    async with contextlib.AsyncExitStack() as stack:
        shared = downloaded = None
        if WITH_SUBSCRIPTIONS:
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            connected = [asyncio.Event(), asyncio.Event()]
            shared = tasks.create_task(client.first_event(FILE_SHARED, connected[0]))
            downloaded = tasks.create_task(ops.first_event(FILE_DOWNLOADED, connected[1]))
            for event in connected:
                await event.wait()

        files = await upload(ops)
        for file in files:
            assert file["sha256"] == hashlib.sha256(DOCUMENT.read_bytes()).hexdigest()
            await ops.run(SHARE, input={"fileId": file["id"], "recipients": [client.email]})
        done.append("3 uploaded")

        listed = await pages(client)
        assert [file["name"] for file in listed] == NAMES, listed
        done.append("3 listed in 2 pages")

        if shared:
            assert (await shared)["fileShared"]["file"]["id"] in [file["id"] for file in files]
        await download(client, listed[0])
        done.append("1 downloaded")
        if downloaded:
            event = (await downloaded)["fileDownloaded"]
            assert event["recipient"]["email"] == client.email
            assert event["share"]["file"]["id"] == listed[0]["id"]
            done.append("2 events heard")
    print(f"gql: {', '.join(done)}")


asyncio.run(asyncio.wait_for(main(), 90))
