#!/usr/bin/env python3
"""Tests of forgetful.so and remember.py themselves: `python3 tests/forgetful/selftest.py`.

Each test runs a small Python program under the library, in a folder ROOT, lets it be killed with
SIGKILL, and compares what remember.py rebuilds with what had been fsynced. TMPDIR chooses the file
system of ROOT: one that reuses inode numbers (ext4) tests the most."""

import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import unittest

HERE = pathlib.Path(__file__).resolve().parent
REMEMBER = [sys.executable, HERE / "remember.py"]

PRELUDE = """
import ctypes, os, signal, sqlite3, subprocess, sys, threading
def put(path, text, sync=True, flags=os.O_TRUNC):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o640)
    os.write(fd, text.encode())
    if sync: os.fsync(fd)
    os.close(fd)
def sync(folder="."):
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
def die(): os.kill(os.getpid(), signal.SIGKILL)
"""


def tree(folder):
    """{path: content} of a folder; a folder has content None and a path that ends in /."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found.update({name + "/": None} if path.is_dir() else {name: path.read_text()})
    return found


class Forgetful(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.built = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.built.cleanup)
        cls.library = pathlib.Path(cls.built.name, "forgetful.so")
        compiler = ["cc", "-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"]
        subprocess.run([*compiler, "-o", cls.library, HERE / "forgetful.c", "-ldl", "-lpthread"], check=True)

    def setUp(self):
        self.top = tempfile.TemporaryDirectory()
        self.addCleanup(self.top.cleanup)
        self.root = pathlib.Path(self.top.name, "root")
        self.shadow = pathlib.Path(self.top.name, "shadow")
        self.root.mkdir()
        self.dests = 0

    def snapshot(self):
        subprocess.run([*REMEMBER, "--snapshot", self.root, self.shadow], check=True)

    def start(self, program, **options):
        if not self.shadow.exists():
            self.snapshot()
        env = {**os.environ, "LD_PRELOAD": self.library, "FORGETFUL_ROOT": self.root, "FORGETFUL_SHADOW": self.shadow}
        program = PRELUDE + textwrap.dedent(program)
        return subprocess.Popen([sys.executable, "-c", program], cwd=self.root, env=env, text=True, **options)

    def run_killed(self, program):
        child = self.start(textwrap.dedent(program) + "\ndie()", stderr=subprocess.PIPE)
        self.assertEqual((-signal.SIGKILL, ""), (child.wait(), child.communicate()[1]))

    def remember(self, *options):
        self.dests += 1
        dest = pathlib.Path(self.top.name, f"dest{self.dests}")
        subprocess.run([*REMEMBER, *options, self.root, self.shadow, dest], check=True)
        return dest

    def left(self, *options):
        return tree(self.remember(*options))

    # Content

    def test_content_is_that_of_the_last_fsync(self):
        self.run_killed("""
            put("never", "lost", sync=False)
            put("once", "kept")
            put("once", " lost", sync=False, flags=os.O_APPEND)
            put("changed", "abcdef")
            put("changed", "ABC", sync=False, flags=0)
            put("grown", "one ")
            put("grown", "two", flags=os.O_APPEND)
            put("shrunk", "a long text")
            put("shrunk", "short")
            fd = os.open("data", os.O_WRONLY | os.O_CREAT)
            os.write(fd, b"kept")
            os.fdatasync(fd)
            os.write(fd, b" lost")
            sync()
        """)
        expected = {"never": "", "once": "kept", "changed": "abcdef", "grown": "one two", "shrunk": "short", "data": "kept"}
        self.assertEqual(expected, self.left())
        self.assertEqual("kept lost", tree(self.root)["once"], "the kill alone loses nothing")

    def test_large_files_and_modes(self):
        self.run_killed("""
            put("large", "0123456789" * 300_000)
            os.chmod("large", 0o600)
            put("empty", "lost", sync=False)
            os.mkdir("folder", 0o710)
            sync()
        """)
        self.root.chmod(0o750)
        dest = self.remember()
        self.assertTrue((dest / "large").read_text() == "0123456789" * 300_000)
        modes = {name: (dest / name).stat().st_mode & 0o777 for name in (".", "large", "empty", "folder")}
        self.assertEqual({".": 0o750, "large": 0o640, "empty": 0o640, "folder": 0o710}, modes, "the chmod of large was not fsynced")

    def test_what_was_there_is_durable(self):
        (self.root / "a/b").mkdir(parents=True)
        (self.root / "a/b/old").write_text("old")
        (self.root / "a/b/over").write_text("before")
        self.run_killed("""put("a/b/over", "after", sync=False); put("a/b/new", "new")""")
        self.assertEqual({"a/": None, "a/b/": None, "a/b/old": "old", "a/b/over": "before"}, self.left())

    def test_a_reused_inode_number_has_no_past(self):
        self.run_killed("""
            numbers = set()
            for n in range(50):
                put("old", "of another file")
                numbers.add(os.stat("old").st_ino)
                os.unlink("old")
                put(f"new{n}", "unsynced", sync=False)
                if os.stat(f"new{n}").st_ino in numbers: open("../reused", "a").write("x")
            sync()
        """)
        self.assertEqual({f"new{n}": "" for n in range(50)}, self.left())
        if not pathlib.Path(self.top.name, "reused").exists():
            self.skipTest("this file system reused no inode number")

    # Folders

    def test_a_name_needs_the_fsync_of_its_folder(self):
        self.run_killed("""
            put("in", "x")
            sync()
            put("out", "x")
        """)
        self.assertEqual({"in": "x"}, self.left())

    def test_a_folder_needs_the_fsync_of_the_one_above(self):
        self.run_killed("""
            for folder in "both", "inner", "outer": os.mkdir(folder)
            for folder in "both", "inner", "outer": put(f"{folder}/file", "x")
            sync("both"); os.rename("inner", "hidden"); sync(); os.rename("hidden", "inner"); sync("inner")
        """)
        self.assertEqual({"both/": None, "both/file": "x", "hidden/": None, "hidden/file": "x", "outer/": None}, self.left())

    def test_renames_and_unlinks_need_it_too(self):
        (self.root / "there").mkdir()
        (self.root / "gone").write_text("still here")
        self.run_killed("""
            put("temp", "new"); put("final", "old"); put("moved", "m"); put("both", "b"); sync()
            os.rename("temp", "final")
            os.unlink("gone")
            os.rename("moved", "there/moved")
            os.rename("both", "there/both"); sync("there")
            os.rename("there/moved", "there/again")
        """)
        self.assertEqual({"both": "b", "final": "old", "gone": "still here", "moved": "m", "temp": "new",
                          "there/": None, "there/both": "b", "there/moved": "m"}, self.left())
        self.run_killed("sync()")
        self.assertEqual({"final": "new", "there/": None, "there/both": "b", "there/moved": "m"}, self.left())
        self.run_killed("""sync("there")""")
        self.assertEqual({"final": "new", "there/": None, "there/both": "b", "there/again": "m"}, self.left())

    def test_a_rename_may_lose_the_file_when_only_its_old_folder_was_fsynced(self):
        (self.root / "there").mkdir()
        self.run_killed("""put("moved", "m"); sync(); os.rename("moved", "there/moved"); sync()""")
        self.assertEqual({"there/": None}, self.left())

    def test_two_moves_half_remembered_make_no_circle(self):
        (self.root / "a/b").mkdir(parents=True)
        self.run_killed("""os.rename("a/b", "b"); os.rename("a", "b/a"); sync("b")""")
        self.assertEqual({"a/": None, "a/b/": None}, self.left())

    # Lenient

    def test_lenient_names_are_durable_and_content_is_not(self):
        (self.root / "db").mkdir()
        (self.root / "dbx").mkdir()
        self.run_killed("""
            put("dbx/file", "x")
            os.makedirs("db/deep/er"); put("db/deep/er/synced", "x"); put("db/unsynced", "x", sync=False)
            put("db/temp", "x"); os.rename("db/temp", "db/final"); put("db/gone", "x"); sync("db"); os.unlink("db/gone")
            os.makedirs("other/db"); put("other/db/file", "x"); put("db2", "x")
        """)
        lenient = {"dbx/": None, "db/": None, "db/deep/": None, "db/deep/er/": None, "db/deep/er/synced": "x", "db/final": "x", "db/unsynced": ""}
        self.assertEqual(lenient, self.left("--lenient", "db"))
        on_the_way = {"other/": None, "other/db/": None, "other/db/file": "x"}
        self.assertEqual({"dbx/": None, "db/": None, "db/deep/": None, "db/final": "x", "db/gone": "x", "db/unsynced": "", **on_the_way},
                         self.left("--lenient", "other/db"))
        self.assertEqual({**lenient, **on_the_way}, self.left("--lenient", "db", "--lenient", "other/db/"))
        self.assertEqual({**lenient, **on_the_way, "db2": "x", "dbx/file": "x"}, self.left("--lenient", "."))

    # Threads, processes, kills

    def test_whatever_was_acknowledged_before_a_kill_is_left(self):
        """Threads append to one file, to their own, and rename into one folder; each tells when it is durable."""
        for many in 7, 30, 90:
            child = self.start("""
                shared = os.open("shared", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                sync()
                def work(number):
                    own = os.open(f"own{number}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                    sync()
                    for n in range(100_000):
                        line = f"{number}.{n}.{os.getpid()}\\n".encode()
                        for fd in shared, own:
                            os.write(fd, line)
                            os.fsync(fd)
                        put(f"temp{number}", line.decode()); os.rename(f"temp{number}", f"final{number}"); sync()
                        os.write(1, line)
                for n in range(6): threading.Thread(target=work, args=(n,)).start()
            """, stdout=subprocess.PIPE)
            first = [child.stdout.readline() for _ in range(many)]
            child.kill()
            told = [line for line in ("".join(first) + child.stdout.read()).splitlines(True) if line.endswith("\n")]
            child.wait(), child.stdout.close()
            left = self.left()
            self.assertGreaterEqual(len(told), many)
            self.assertEqual(set(), set(told) - set(left["shared"].splitlines(True)))
            for line in told:
                self.assertIn(line, left[f"own{line[0]}"])
            for number in range(6):
                last = max((int(line.split(".")[1]) for line in told if line[0] == str(number)), default=-1)
                if last >= 0:
                    self.assertGreaterEqual(int(left[f"final{number}"].split(".")[1]), last)

    def test_an_older_save_never_replaces_a_newer_one(self):
        """Threads append and fsync at once; when all are done, the record is the whole file."""
        self.run_killed(f"""
            sys.path.insert(0, {str(HERE)!r})
            sys.dont_write_bytecode = True
            import remember
            file = os.open("shared", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            record = os.path.join({str(self.shadow)!r}, remember.key_of(b"shared"))
            def check():
                if open(record).read() != open("shared").read(): os._exit(3)
            together = threading.Barrier(6, check)
            def work(number):
                for n in range(200):
                    os.write(file, b"%d.%d " % (number, n))
                    os.fsync(file)
                    together.wait()
            threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        """)

    def test_child_processes_count_and_outlive(self):
        self.run_killed("""
            program = "import os; f = open('%s', 'w'); f.write('x'); f.flush(); os.fsync(f.fileno())"
            subprocess.run([sys.executable, "-c", program % "exec"], check=True)
            if not os.fork(): put("fork", "x"); os._exit(0)
            os.wait()
            subprocess.run(["sh", "-c", "echo x > shell"], check=True)
            sync()
        """)
        self.assertEqual({"exec": "x", "fork": "x", "shell": ""}, self.left())

    def test_errno_and_results_are_those_of_the_real_call(self):
        self.run_killed("""
            libc = ctypes.CDLL(None, use_errno=True)
            def call(name, fd):
                ctypes.set_errno(77)
                return getattr(libc, name)(fd), ctypes.get_errno()
            pipe, folder, file = os.pipe()[0], os.open(".", os.O_RDONLY), os.open("f", os.O_WRONLY | os.O_CREAT)
            outside = os.open("/dev/null", os.O_WRONLY)
            os.unlink("f")
            path = os.open(".", os.O_PATH)
            were_open = os.listdir("/proc/self/fd")
            for name in "fsync", "fdatasync":
                assert call(name, 999) == (-1, 9), "EBADF"
                assert call(name, path) == (-1, 9), "EBADF"
                assert call(name, pipe) == call(name, outside) == (-1, 22), "EINVAL"
                assert call(name, folder) == call(name, file) == (0, 77), "untouched"
            assert os.listdir("/proc/self/fd") == were_open, "a descriptor was left open"
            assert call("open", b"absent")[0] == -1 and os.stat(os.open("m", os.O_CREAT, 0o604)).st_mode & 0o777 == 0o604
        """)

    # What it refuses

    def refused(self, program, message):
        child = self.start(program, stderr=subprocess.PIPE)
        error = child.communicate()[1]
        self.assertEqual(-signal.SIGABRT, child.returncode)
        self.assertIn(message, error)

    def test_what_is_not_modelled_is_refused(self):
        programs = {
            """os.open("f", os.O_WRONLY | os.O_CREAT | os.O_SYNC)""": "O_SYNC",
            """os.open("f", os.O_RDWR | os.O_CREAT | os.O_DSYNC)""": "O_SYNC",
            """os.open("f", os.O_RDWR | os.O_CREAT | os.O_DSYNC, dir_fd=os.open(".", os.O_RDONLY))""": "O_SYNC",
            "os.sync()": "sync()",
            "ctypes.CDLL(None).syncfs(0)": "syncfs",
            """import mmap; put("f", "x"); mmap.mmap(os.open("f", os.O_RDWR), 1).flush()""": "msync",
        }
        for program, message in programs.items():
            with self.subTest(program):
                self.refused(program, message)
                result = subprocess.run([*REMEMBER, self.root, self.shadow, self.root.parent / "d"], capture_output=True, text=True)
                self.assertNotEqual(0, result.returncode)
                self.assertIn("spoiled", result.stderr)
                (self.shadow / "spoiled").unlink()
        self.run_killed("""os.open("../f", os.O_WRONLY | os.O_CREAT | os.O_SYNC)""")

    def test_a_shadow_needs_a_snapshot_and_is_for_one_root(self):
        self.shadow.mkdir()
        self.refused("", "--snapshot")
        self.assertNotEqual(0, subprocess.run([*REMEMBER, self.root, self.shadow, self.root.parent / "d"], stderr=subprocess.DEVNULL).returncode)
        self.snapshot()
        (self.shadow / "lock").unlink()
        again = subprocess.run([*REMEMBER, "--snapshot", self.root, self.shadow], capture_output=True, text=True)
        self.assertIn("not empty", again.stderr)

    # A program that knows what it does

    def test_sqlite_keeps_its_promises(self):
        """Of ten commits: EXTRA fsyncs all, FULL all but the last journal's unlink, OFF nothing."""
        expected = {"OFF": 0, "FULL": 9, "EXTRA": 10}
        for mode in expected:  # each in its own folder, whose fsync is no favour to another
            (self.root / mode).mkdir()
            with contextlib.closing(sqlite3.connect(self.root / mode / "db")) as db:
                db.execute("create table t (n)")
        self.run_killed(f"""
            for mode in {list(expected)}:
                db = sqlite3.connect(mode + "/db", isolation_level=None)
                db.execute("pragma synchronous = " + mode)
                for n in range(10): db.execute("insert into t values (?)", (n,))
        """)
        dest, found = self.remember(), {}
        for mode in expected:
            with contextlib.closing(sqlite3.connect(dest / mode / "db")) as db:
                found[mode] = db.execute("select count(*) from t").fetchone()[0]
        self.assertEqual(expected, found)


if __name__ == "__main__":
    unittest.main()
