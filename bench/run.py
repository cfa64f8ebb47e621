"""Compares Strongroom with its peers, and writes bench/RESULTS.md. `make bench` installs what it needs.

Servers take turns, round after round, so that whatever the machine does meanwhile hits all of them; a ratio is that of the medians of
the rounds of one run.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
import zipfile

import client
from servers import TARGET, UPLOAD, Apollo, Bare, BareSynced, Dufs, Garage, Nginx, Strongroom

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" '
    'ContentType="application/octet-stream"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>')
RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>')
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>bench</w:t></w:r></w:p></w:body></w:document>")


def make_document(path, mebibytes):
    """A genuine .docx with an embedded part of so many mebibytes, stored as it is."""
    block = os.urandom(MIB)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONSHIPS)
        archive.writestr("word/document.xml", DOCUMENT)
        with archive.open("word/embeddings/padding.bin", "w", force_zip64=mebibytes >= 2048) as part:
            for _ in range(mebibytes):
                part.write(block)


class Table:
    """Rounds of measurements, and what is to be reached."""

    def __init__(self, title, unit="MB/s"):
        self.title, self.unit, self.rounds = title, unit, {}

    def add(self, name, value):
        self.rounds.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self.rounds[name])

    def text(self, targets):
        lines = [f"### {self.title}", "", f"| server | median, {self.unit} | rounds |", "|---|---|---|"]
        for name, values in self.rounds.items():
            rounds = ", ".join(f"{value:.0f}" if value >= 10 else f"{value:.2f}" for value in values)
            middle = self.median(name)
            lines.append(f"| {name} | {middle:.0f} | {rounds} |" if middle >= 10 else f"| {name} | {middle:.2f} | {rounds} |")
        lines += ["", *targets, ""]
        return "\n".join(lines)


def verdict(what, found, wanted, at_least=True):
    reached = found >= wanted if at_least else found < wanted
    sign = "≥" if at_least else "<"
    line = f"- {what}: **{found:.2f}** (target {sign} {wanted:g}: {'reached' if reached else 'NOT reached'})"
    print(line, flush=True)
    return line


def uploads(folder, document, rounds, where):
    size = document.stat().st_size / 1e6
    table = Table(f"Upload of 1 GiB through one connection, to {where}")
    servers = [Strongroom(folder / "strongroom"), Apollo(folder / "apollo"), Dufs(folder / "dufs"), Bare(folder / "bare")]
    if where == "disk":
        servers.append(BareSynced(folder / "synced"))
    try:
        for number in range(rounds + 1):
            for server in servers:
                took = server.upload(document)
                server.forget()
                if number:  # The first round warms up.
                    table.add(server.name, size / took)
                print(f"{where} {server.name}: {size / took:.0f} MB/s", flush=True)
            wait_for_janitor(folder / "strongroom/data/objects")
    finally:
        for server in servers:
            server.stop()
    ours = table.median("Strongroom")
    synced = [verdict("to bare axum + multer, synced as ours is", ours / table.median(BareSynced.name), 0.5)] if where == "disk" else []
    return table.text([
        verdict("to Apollo", ours / table.median("Apollo"), 3),
        verdict("to dufs", ours / table.median("dufs"), 1.5),
        verdict("to bare axum + multer", ours / table.median("bare axum + multer"), 0.5),
        *synced,
    ])


def wait_for_janitor(objects):
    """Room for the next round: memory is a disk here."""
    for _ in range(600):
        if not any(path.is_file() for path in objects.rglob("*")):
            return
        time.sleep(0.1)


def downloads(folder, document, rounds):
    size = document.stat().st_size / 1e6
    table = Table("Download of 1 GiB through one connection")
    ours, peers = Strongroom(folder / "strongroom"), [Apollo(folder / "apollo"), Dufs(folder / "dufs"), Nginx(folder / "nginx")]
    try:
        ours.upload(document)
        for peer in peers:
            os.link(document, peer.files / "served") if same_device(document, peer.files) else shutil.copy(document, peer.files / "served")
        for number in range(rounds + 1):
            for server in [ours, *peers]:
                _, took, _ = server.download()
                if number:
                    table.add(server.name, size / took)
                print(f"download {server.name}: {size / took:.0f} MB/s", flush=True)
    finally:
        for server in [ours, *peers]:
            server.stop()
    mine = table.median("Strongroom")
    return table.text([
        verdict("to Apollo's static file", mine / table.median("Apollo"), 1.5),
        verdict("to dufs", mine / table.median("dufs"), 0.8),
        verdict("to nginx", mine / table.median("nginx"), 0.4),
    ])


def on_garage(folder, document, rounds):
    size = document.stat().st_size / 1e6
    up, down = Table("Upload of 1 GiB through one connection, to Garage"), Table("Download of 1 GiB through one connection, from Garage")
    garage = Garage(folder / "garage")
    ours = Strongroom(folder / "strongroom", garage.settings())
    try:
        for number in range(rounds + 1):
            for server in [ours, garage]:
                uploaded = size / server.upload(document)
                downloaded = size / server.download()[1]
                server.forget()
                if number:
                    up.add(server.name, uploaded)
                    down.add(server.name, downloaded)
                print(f"Garage, {server.name}: up {uploaded:.0f} MB/s, down {downloaded:.0f} MB/s", flush=True)
            time.sleep(5)  # Both leave the room of what was removed to be swept up.
    finally:
        ours.stop()
        garage.stop()
    return "\n".join(
        table.text([verdict(f"to Garage's own {what}", table.median("Strongroom") / table.median("Garage itself"), 0.7)])
        for table, what in [(up, "upload"), (down, "download")])


def verify(folder, document, rounds):
    """Four files of a gibibyte, read from the page cache: by the clock, and by the time spent on cores."""
    table = Table("`verify` from the page cache", "GB/s")
    server = Strongroom(folder / "strongroom")
    try:
        for _ in range(4):
            server.upload(document)
        size = 4 * document.stat().st_size / 1e9
        for number in range(rounds + 1):
            began, cores = time.perf_counter(), server.process.core_seconds()
            server.tell("verify", "--restart", "--state", folder / "state")
            # A running server does it itself: the command only asks for it.
            took, spent = time.perf_counter() - began, server.process.core_seconds() - cores
            if number:
                table.add("by the clock, two cores", size / took)
                table.add("a core", size / spent)
    finally:
        server.stop()
    return table.text([verdict("GB/s a core", table.median("a core"), 1)])


def rewrap(folder, rounds):
    """25,000 small files; then every key is wrapped anew, as often as there are rounds."""
    count = 25_000
    document = folder / "small.docx"
    make_document(document, 0)
    table = Table("`keys rotate` with 25,000 files", "files/s")
    server = Strongroom(folder / "strongroom")
    try:
        def some():
            for _ in range(count // 4):
                upload_one(server, document)
        threads = [threading.Thread(target=some) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for _ in range(rounds):
            began = time.perf_counter()
            printed = server.tell("keys", "rotate")
            if f"keys of {count} files" not in printed:
                raise RuntimeError(printed)
            table.add("Strongroom", count / (time.perf_counter() - began))
    finally:
        server.stop()
    return table.text([verdict("files a second", table.median("Strongroom"), 5000)])


def same_device(one, other):
    return os.stat(one).st_dev == os.stat(other).st_dev


def parallel(folder, rounds):
    document = folder / "quarter.docx"
    make_document(document, 256)
    size = 8 * document.stat().st_size / 1e6
    table = Table("8 uploads of 256 MiB at once")
    servers = [Strongroom(folder / "strongroom"), Apollo(folder / "apollo")]
    peak = 0.0
    try:
        for number in range(rounds + 1):
            for server in servers:
                ids, threads = [], []
                begun = time.perf_counter()
                for _ in range(8):
                    threads.append(threading.Thread(target=lambda: ids.append(upload_one(server, document))))
                    threads[-1].start()
                for thread in threads:
                    thread.join()
                took = time.perf_counter() - begun
                if len(ids) != 8:
                    raise RuntimeError("an upload failed")
                if number:
                    table.add(server.name, size / took)
                print(f"8 at once, {server.name}: {size / took:.0f} MB/s", flush=True)
                for server_file in ids:
                    server.file = server_file
                    server.forget()
            wait_for_janitor(folder / "strongroom/data/objects")
        peak = servers[0].process.peak_mib()
    finally:
        for server in servers:
            server.stop()
        document.unlink()
    return table.text([
        verdict("to Apollo", table.median("Strongroom") / table.median("Apollo"), 3),
        verdict("peak memory of Strongroom, MiB", peak, 192, at_least=False),
    ])


def upload_one(server, document):
    if isinstance(server, Strongroom):
        _, answer = client.upload_multipart(server.port, server.headers, UPLOAD, document)
        return json.loads(answer)["data"]["upload"]["file"]["id"]
    server.upload(document)
    return "plain"


def ranges(folder, rounds):
    """A kibibyte at the start and at the end of a file of 10 GiB, on disk."""
    document = folder / "ten.docx"
    make_document(document, 10 * 1024)
    size = document.stat().st_size
    table = Table("1 KiB of a file of 10 GiB", "ms")
    server = Strongroom(folder / "strongroom")
    try:
        server.upload(document)
        document.unlink()
        path = server.link()
        for _ in range(20 * rounds):
            for name, first in [("at its start", 0), ("at its end", size - 1024)]:
                headers = {**server.headers, "Range": f"bytes={first}-{first + 1023}"}
                _, took, _ = client.download(server.port, path, headers, 206)
                table.add(name, took * 1000)
    finally:
        server.stop()
        document.unlink(missing_ok=True)
    for name in table.rounds:
        table.rounds[name] = table.rounds[name][5:]
    found = table.median("at its end") / table.median("at its start")
    table.rounds = {name: [statistics.median(values)] for name, values in table.rounds.items()}
    return table.text([verdict("end to start", found, 2, at_least=False)])


def seal_and_open():
    output = subprocess.run(["cargo", "bench", "--locked", "--bench", "seal"], cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True).stdout
    values = dict(line.split(": ") for line in output.splitlines() if ": " in line)
    text = [f"- {name}: {value}" for name, value in values.items()]
    targets = [verdict(f"{what} to raw ChaCha20-Poly1305", float(values[f"{what} ratio"]), 0.9) for what in ("seal", "open")]
    return "\n".join(["### Seal and open, one core, chunks of 64 KiB", "", *text, "", *targets, ""])


def versions():
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent).stdout.strip().split("\n")[0]

    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    commit = first_line("git", "rev-parse", "--short", "HEAD")
    dirty = " with changes" if first_line("git", "status", "--porcelain", "--", "src", "Cargo.lock") else ""
    nginx = subprocess.run(["/usr/sbin/nginx", "-v"], capture_output=True, text=True).stderr.strip()
    garage = first_line(str(TARGET / "bench/bin/garage"), "--version").split(" [")[0]
    return [
        f"- machine: {os.cpu_count()} cores of {model}, {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') >> 30} GiB, Linux {platform.release()}",
        f"- commit {commit}{dirty}, {first_line('rustc', '--version')}, release build",
        f"- Node {first_line('node', '--version')}, {first_line(str(TARGET / 'bench/bin/dufs'), '--version')}, {nginx}, {garage}",
        f"- {time.strftime('%Y-%m-%d', time.gmtime())}, `make bench`",
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=pathlib.Path, default=pathlib.Path("/dev/shm"))
    parser.add_argument("--disk", type=pathlib.Path, default=TARGET / "bench/disk")
    parser.add_argument("--only", nargs="*", default=["memory", "disk", "download", "garage", "parallel", "range", "seal", "verify", "rewrap"])
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()
    memory, disk = arguments.memory / f"strongroom-bench-{os.getpid()}", arguments.disk / str(os.getpid())
    memory.mkdir(parents=True)
    disk.mkdir(parents=True)
    sections = []
    try:
        document = memory / "large.docx"
        if {"memory", "disk", "download", "garage", "verify"} & set(arguments.only):
            make_document(document, 1024)
        steps = {
            "memory": lambda: uploads(memory, document, arguments.rounds, "memory (tmpfs)"),
            "disk": lambda: uploads(disk, document, arguments.rounds, "disk"),
            "download": lambda: downloads(memory, document, arguments.rounds),
            "parallel": lambda: parallel(memory, arguments.rounds),
            "range": lambda: ranges(disk, arguments.rounds),
            "garage": lambda: on_garage(memory, document, arguments.rounds),
            "seal": seal_and_open,
            "verify": lambda: verify(memory, document, arguments.rounds),
            "rewrap": lambda: rewrap(disk, arguments.rounds),
        }
        for name in arguments.only:
            sections.append(steps[name]())
    finally:
        shutil.rmtree(memory, ignore_errors=True)
        shutil.rmtree(disk, ignore_errors=True)
    text = "\n".join(["# Compared with peers", "", "Made by `make bench`; see `bench/run.py` for what is done.", "", *versions(), "", *sections])
    arguments.out.write_text(text)
    sys.exit(1 if "NOT reached" in text else 0)


if __name__ == "__main__":
    main()
