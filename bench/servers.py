"""The servers that are compared, each a process of its own on loopback."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import boto3
import botocore

import client

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ["CARGO_TARGET_DIR"])
TOOLS = TARGET / "bench"
PROGRAM = TARGET / "release/strongroom"
UPLOAD = "mutation($file: Upload!) { upload(file: $file) { file { id size sha256 } } }"
PASSWORD = "correct-horse-battery-9"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Process:
    """A server with a folder of its own; stopped, and the folder gone, in the end."""

    def __init__(self, folder, command, env=None, port=None):
        self.port = port or free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.log = open(folder / "log", "ab")
        command = [str(part).replace("PORT", str(self.port)) for part in command]
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(env or {})}
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=folder, env=environment)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError((folder / "log").read_text()[-2000:])
                time.sleep(0.05)
        raise RuntimeError(f"{command[0]} does not listen")

    def peak_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def core_seconds(self):
        """How long its threads have had a core."""
        user, system = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Strongroom:
    name = "Strongroom"

    def __init__(self, folder, env=None):
        port = free_port()
        settings = {
            "STRONGROOM__SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "STRONGROOM__AUTH__ACCESS_TOKEN_TTL_SECONDS": "86400",
            "STRONGROOM__UPLOADS__MAX_FILE_BYTES": str(1 << 40),
            "STRONGROOM__JANITOR__INTERVAL_SECONDS": "1",
            **(env or {}),
        }
        data = folder / "data"
        self.data, self.environment = data, {"PATH": os.environ["PATH"], **settings}
        self.tell("user", "create", "--email", "olga@example.com", "--name", "Olga", "--role", "OPS", "--password-stdin", input=PASSWORD)
        self.process = Process(folder, [PROGRAM, "serve", "--listen", "127.0.0.1:PORT", "--data-dir", data], settings, port)
        self.port = port
        login = self.ask('mutation { login(input: {email: "olga@example.com", password: "%s"}) { accessToken } }' % PASSWORD)
        self.headers = {"Authorization": f"Bearer {login['login']['accessToken']}"}

    def tell(self, *arguments, input=None):
        """Runs a subcommand on the server's data, and answers what it prints."""
        line = [PROGRAM, *arguments, "--data-dir", self.data]
        return subprocess.run(line, input=input, text=True, check=True, capture_output=True, env=self.environment).stdout

    def ask(self, query):
        headers = {"Content-Type": "application/json", **getattr(self, "headers", {})}
        _, _, answer = client.request(self.port, "POST", "/graphql", headers, json.dumps({"query": query}).encode())
        answer = json.loads(answer)
        if "errors" in answer:
            raise RuntimeError(answer)
        return answer["data"]

    def upload(self, path):
        took, answer = client.upload_multipart(self.port, self.headers, UPLOAD, path)
        self.file = json.loads(answer)["data"]["upload"]["file"]["id"]
        return took

    def link(self):
        made = self.ask('mutation { createDownloadLink(fileId: "%s", ttlSeconds: 86400) { url } }' % self.file)
        return "/d/" + made["createDownloadLink"]["url"].split("/d/")[1]

    def download(self, headers=None, expected=200):
        return client.download(self.port, self.link(), {**self.headers, **(headers or {})}, expected)

    def forget(self):
        """Takes the last upload away; the janitor's next round removes its object."""
        self.ask('mutation { deleteFile(id: "%s", permanently: true) }' % self.file)

    def stop(self):
        self.process.stop()


class Plain:
    """A peer that keeps plain files in a folder."""

    def __init__(self, folder, command, path="/files/{}"):
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self.process = Process(folder, command(self.files))
        self.port, self.path = self.process.port, path

    def upload(self, path):
        took, _ = client.upload_multipart(self.port, {}, "mutation($file: Upload!) { upload(file: $file) }", path)
        return took

    def download(self, headers=None, expected=200):
        return client.download(self.port, self.path.format("served"), headers, expected)

    def forget(self):
        for file in self.files.glob("up-*"):
            file.unlink()

    def stop(self):
        self.process.stop()


class Apollo(Plain):
    name = "Apollo"

    def __init__(self, folder):
        super().__init__(folder, lambda files: ["node", HERE / "apollo/server.mjs", "PORT", files])


class Bare(Plain):
    name = "bare axum + multer"

    def __init__(self, folder):
        super().__init__(folder, lambda files: [TOOLS / "bin/strongroom-bench-bare", "PORT", files])


class BareSynced(Plain):
    """Keeps the promise that Strongroom keeps: what was answered survives a power failure."""

    name = "bare axum + multer, synced"

    def __init__(self, folder):
        super().__init__(folder, lambda files: [TOOLS / "bin/strongroom-bench-bare", "PORT", files, "sync"])


class Dufs(Plain):
    name = "dufs"

    def __init__(self, folder):
        super().__init__(folder, lambda files: [TOOLS / "bin/dufs", "--allow-upload", "--allow-delete", "-b", "127.0.0.1", "-p", "PORT", files], "/{}")

    def upload(self, path):
        return client.put(self.port, "/up-0", path)


class Nginx(Plain):
    name = "nginx"

    def __init__(self, folder):
        def command(files):
            port = free_port()
            self.wanted = port
            (folder / "nginx.conf").write_text(
                f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 2; user root;\n"
                f"events {{}}\nhttp {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder}/b; "
                f"proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
                f"server {{ listen 127.0.0.1:{port}; location / {{ root {files}; }} }} }}\n")
            return ["/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf"]

        self.files = folder / "files"
        self.files.mkdir(parents=True)
        line = command(self.files)
        self.process = Process(folder, line, port=self.wanted)
        self.port, self.path = self.wanted, "/{}"


class Garage:
    """An S3 store, and its own speed: one PUT, one GET, no parts."""

    name = "Garage itself"
    bucket = "bench"
    key, secret = "GK0123456789abcdef01234567", "0123456789abcdef" * 4

    def __init__(self, folder):
        self.port, rpc = free_port(), free_port()
        folder.mkdir(parents=True)
        (folder / "garage.toml").write_text(
            f'metadata_dir = "{folder}/meta"\ndata_dir = "{folder}/data"\ndb_engine = "sqlite"\nreplication_factor = 1\n'
            f'compression_level = "none"\nrpc_bind_addr = "127.0.0.1:{rpc}"\nrpc_public_addr = "127.0.0.1:{rpc}"\nrpc_secret = "{self.secret}"\n'
            f'[s3_api]\ns3_region = "garage"\napi_bind_addr = "127.0.0.1:{self.port}"\n')
        names = {"GARAGE_DEFAULT_ACCESS_KEY": self.key, "GARAGE_DEFAULT_SECRET_KEY": self.secret, "GARAGE_DEFAULT_BUCKET": self.bucket}
        line = [TOOLS / "bin/garage", "-c", folder / "garage.toml", "server", "--single-node", "--default-bucket"]
        self.process = Process(folder, line, {"RUST_LOG": "error", **names}, self.port)
        config = botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"})
        self.api = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name="garage", aws_access_key_id=self.key,
            aws_secret_access_key=self.secret, config=config)
        for _ in range(100):
            if "Buckets" in self._buckets():
                return
            time.sleep(0.1)
        raise RuntimeError("Garage does not begin")

    def _buckets(self):
        try:
            return self.api.list_objects_v2(Bucket=self.bucket) and {"Buckets": True}
        except botocore.exceptions.ClientError:
            return {}

    def settings(self):
        """What Strongroom needs to keep its objects here."""
        return {
            "STRONGROOM__STORAGE__BACKEND": "s3",
            "STRONGROOM__STORAGE__S3__BUCKET": self.bucket,
            "STRONGROOM__STORAGE__S3__ENDPOINT": f"http://127.0.0.1:{self.port}",
            "STRONGROOM__STORAGE__S3__REGION": "garage",
            "STRONGROOM__STORAGE__S3__ACCESS_KEY_ID": self.key,
            "STRONGROOM__STORAGE__S3__SECRET_ACCESS_KEY": self.secret,
        }

    def _path(self, operation):
        url = self.api.generate_presigned_url(operation, {"Bucket": self.bucket, "Key": "raw"})
        return url.split(str(self.port), 1)[1]

    def upload(self, path):
        return client.put(self.port, self._path("put_object"), path)

    def download(self):
        return client.download(self.port, self._path("get_object"))

    def forget(self):
        self.api.delete_object(Bucket=self.bucket, Key="raw")

    def stop(self):
        self.process.stop()
