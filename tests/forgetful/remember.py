#!/usr/bin/env python3
"""What is left after a power loss, from the records that forgetful.so (see forgetful.c) has kept.

    remember.py --snapshot ROOT SHADOW
        Before the program starts: all that is in ROOT counts as durable. SHADOW is made, or is empty.
        A memory file system (/dev/shm) is best for it: elsewhere its writing slows the real fsyncs.

    remember.py [--lenient SUBPATH]... ROOT SHADOW DEST
        After the program was killed, with ROOT as the kill left it: makes DEST, a new folder.

Strict, the default, is the least that POSIX promises: a folder has the entries it had when it was
last fsynced (none if it never was), whatever was renamed, made or removed since; a file has the
content it had when it was last fsynced (none if it never was: it is there with length 0). So a name
needs an fsync of its folder, and each folder above it too; a rename between two folders may show
the file twice, or lose it, until both are fsynced.

--lenient is closer to what ext4, xfs and btrfs do, for the folder of a library one does not control:
in that subtree (SUBPATH is relative to ROOT; "." is all of it) every name, rename and removal is
durable at once, and so are the folders on the way down to it. Content is as in strict.

`diff -r ROOT DEST` shows what was lost. This is one legal outcome, the barest: it does not try torn
writes, nor unsynced writes that reached the disk although others did not."""

import argparse
import ctypes
import os
import shutil
import stat
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
HANDLE_ROOM, AT_FDCWD, AT_HANDLE_FID, EOPNOTSUPP = 100, -100, 0x200, 95


class Handle(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint), ("type", ctypes.c_int), ("data", ctypes.c_ubyte * HANDLE_ROOM)]


def key_of(path):
    """The name of an inode's record: the same as identify() gives in forgetful.c."""
    for flag in 0, AT_HANDLE_FID:
        handle = Handle(bytes=HANDLE_ROOM)
        if LIBC.name_to_handle_at(AT_FDCWD, path, ctypes.byref(handle), ctypes.byref(ctypes.c_int()), flag) == 0:
            return f"{os.lstat(path).st_dev:x}-{handle.type:x}-{bytes(handle.data[:handle.bytes]).hex()}"
        if ctypes.get_errno() != EOPNOTSUPP:
            break
    raise OSError(ctypes.get_errno(), "no file handle", path)


def present(folder):
    """The entries of a folder as it is now: {name: (mode, key)}."""
    entries = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            entries[name] = mode, key_of(path)
    return entries


def saved(shadow, key):
    """The entries of a folder at its last fsync."""
    try:
        with open(os.path.join(shadow, key.encode()), "rb") as file:
            lines = file.read().split(b"\0")[:-1]
    except FileNotFoundError:
        return {}
    parts = (line.split(b" ", 2) for line in lines)
    return {name: (int(mode, 8), key.decode()) for mode, key, name in parts}


def snapshot(folder, shadow):
    entries = present(folder)
    with open(os.path.join(shadow, key_of(folder).encode()), "wb") as file:
        for name, (mode, key) in entries.items():
            file.write(b"%o %s %s\0" % (mode, key.encode(), name))
    for name, (mode, key) in entries.items():
        path = os.path.join(folder, name)
        if stat.S_ISDIR(mode):
            snapshot(path, shadow)
        else:
            shutil.copy(path, os.path.join(shadow, key.encode()))


class Remember:
    def __init__(self, root, shadow, lenient):
        self.root, self.shadow = root, shadow
        self.lenient = [b"" if path == b"." else os.path.normpath(path) for path in lenient]

    def entries(self, key, path):
        """What is left in the folder with this key, found at this path relative to the root."""
        now = os.path.join(self.root, path)
        if any(path == top or not top or path.startswith(top + b"/") for top in self.lenient) and os.path.isdir(now):
            return present(now)
        entries = saved(self.shadow, key)
        on_the_way = [os.path.relpath(top, path or b".") for top in self.lenient if not path or top.startswith(path + b"/")]
        if on_the_way and os.path.isdir(now):
            names = {way.split(b"/")[0] for way in on_the_way}
            entries |= {name: entry for name, entry in present(now).items() if name in names}
        return entries

    def build(self, key, path, dest, above=()):
        os.mkdir(dest)
        for name, (mode, key_below) in self.entries(key, path).items():
            path_below, dest_below = os.path.join(path, name), os.path.join(dest, name)
            record = os.path.join(self.shadow, key_below.encode())
            if stat.S_ISDIR(mode):
                if key_below not in (key, *above):  # two moves, half remembered, can make a circle
                    self.build(key_below, path_below, dest_below, (key, *above))
            elif os.path.exists(record):
                shutil.copy(record, dest_below)
                continue
            else:
                open(dest_below, "xb").close()
            if os.path.exists(dest_below):
                os.chmod(dest_below, stat.S_IMODE(mode))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshot", action="store_true")
    parser.add_argument("--lenient", action="append", default=[], metavar="SUBPATH", type=os.fsencode)
    parser.add_argument("root", type=os.fsencode)
    parser.add_argument("shadow", type=os.fsencode)
    parser.add_argument("dest", nargs="?", type=os.fsencode)
    args = parser.parse_args()
    if args.snapshot == bool(args.dest):
        parser.error("give either --snapshot or DEST")
    root, lock = os.path.realpath(args.root), os.path.join(args.shadow, b"lock")
    if args.snapshot:
        os.makedirs(args.shadow, exist_ok=True)
        if os.listdir(args.shadow):
            sys.exit("remember: the shadow is not empty")
        snapshot(root, args.shadow)
        open(lock, "xb").close()  # last: forgetful.so refuses a shadow without it
        return
    if not os.path.exists(lock):
        sys.exit("remember: the shadow has no snapshot")
    if os.path.exists(os.path.join(args.shadow, b"spoiled")):
        with open(os.path.join(args.shadow, b"spoiled")) as file:
            sys.exit(f"remember: the shadow is spoiled: {file.read()}")
    Remember(root, args.shadow, args.lenient).build(key_of(root), b"", args.dest)
    os.chmod(args.dest, stat.S_IMODE(os.stat(root).st_mode))


if __name__ == "__main__":
    main()
