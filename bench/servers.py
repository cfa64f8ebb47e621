"""The servers that are compared, each a process of its own on loopback."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

import client

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ["CARGO_TARGET_DIR"])
TOOLS = TARGET / "bench"
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
        program = TARGET / "release/strongroom"
        port = free_port()
        settings = {
            "STRONGROOM__SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "STRONGROOM__AUTH__ACCESS_TOKEN_TTL_SECONDS": "86400",
            "STRONGROOM__UPLOADS__MAX_FILE_BYTES": str(1 << 40),
            "STRONGROOM__JANITOR__INTERVAL_SECONDS": "1",
            **(env or {}),
        }
        data = folder / "data"
        subprocess.run(
            [program, "user", "create", "--email", "olga@example.com", "--name", "Olga", "--role", "OPS", "--password-stdin",
             "--data-dir", data],
            input=PASSWORD, text=True, check=True, capture_output=True, env={"PATH": os.environ["PATH"], **settings},
        )
        self.process = Process(folder, [program, "serve", "--listen", "127.0.0.1:PORT", "--data-dir", data], settings, port)
        self.port = port
        login = self.ask('mutation { login(input: {email: "olga@example.com", password: "%s"}) { accessToken } }' % PASSWORD)
        self.headers = {"Authorization": f"Bearer {login['login']['accessToken']}"}

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
