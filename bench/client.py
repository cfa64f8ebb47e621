"""A client that is not the bottleneck: raw sockets, sendfile upward, one large buffer downward."""

import os
import socket
import time

BUFFER = bytearray(4 << 20)


def connect(port):
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def head_of(line):
    """Reads an answer's head; what of the body came with it, and how long the body is."""
    read = b""
    while b"\r\n\r\n" not in read:
        piece = line.recv(65536)
        if not piece:
            raise RuntimeError(f"the line ended: {read!r}")
        read += piece
    head, rest = read.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
    return int(lines[0].split()[1]), headers, rest


def body_of(line, headers, rest):
    if headers.get("transfer-encoding") == "chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += line.recv(65536)
        return rest
    length = int(headers.get("content-length", "0"))
    while len(rest) < length:
        rest += line.recv(65536)
    return rest


def send_file(line, path, offset=0, count=None):
    with open(path, "rb") as file:
        end = offset + count if count is not None else os.fstat(file.fileno()).st_size
        while offset < end:
            offset += os.sendfile(line.fileno(), file.fileno(), offset, min(end - offset, 1 << 30))


def request(port, method, path, headers, body=b""):
    """A small exchange."""
    with connect(port) as line:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        status, found, rest = head_of(line)
        return status, found, body_of(line, found, rest)


def upload_multipart(port, headers, query, path, name="large.docx"):
    """Uploads a file by a GraphQL multipart request; seconds it took, and the answer."""
    boundary = "b0undary"
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="operations"\r\n\r\n'
        f'{{"query": "{query}", "variables": {{"file": null}}}}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="map"\r\n\r\n{{"0": ["variables.file"]}}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="0"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    closing = f"\r\n--{boundary}--\r\n".encode()
    length = len(parts) + os.path.getsize(path) + len(closing)
    lines = ["POST /graphql HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {length}",
             f"Content-Type: multipart/form-data; boundary={boundary}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with connect(port) as line:
        begun = time.perf_counter()
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + parts)
        send_file(line, path)
        line.sendall(closing)
        status, found, rest = head_of(line)
        answer = body_of(line, found, rest)
        took = time.perf_counter() - begun
    if status != 200 or b'"errors"' in answer:
        raise RuntimeError(f"{status} {answer!r}")
    return took, answer


def put(port, path, file, headers=None):
    """Uploads a file by PUT; seconds it took."""
    lines = [f"PUT {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {os.path.getsize(file)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    with connect(port) as line:
        begun = time.perf_counter()
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        send_file(line, file)
        status, found, rest = head_of(line)
        body_of(line, found, rest)
        took = time.perf_counter() - begun
    if status not in (200, 201, 204):
        raise RuntimeError(f"{status} {rest!r}")
    return took


def download(port, path, headers=None, expected=200):
    """Downloads and throws away; seconds to the first byte, seconds in all, and bytes."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    with connect(port) as line:
        begun = time.perf_counter()
        line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        status, found, rest = head_of(line)
        first = time.perf_counter() - begun
        if status != expected:
            raise RuntimeError(f"{status} {rest!r}")
        length, got = int(found["content-length"]), len(rest)
        view = memoryview(BUFFER)
        while got < length:
            count = line.recv_into(view)
            if not count:
                raise RuntimeError(f"cut after {got} of {length}")
            got += count
        return first, time.perf_counter() - begun, length
