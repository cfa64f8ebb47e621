/* forgetful.so: records what a program has made durable, so that a test can drop the rest.
 *
 * Killing a server leaves the page cache, so it proves no fsync. This library, loaded with
 * LD_PRELOAD, leaves every write alone; at each fsync or fdatasync below FORGETFUL_ROOT it keeps in
 * FORGETFUL_SHADOW what that call made durable:
 *   - of a file:   its content and mode (bytes appended while the copy is made are left out);
 *   - of a folder: its list of entries (mode, key, name).
 * After the kill, remember.py builds from the shadow what a power loss may have left. Start with
 * `remember.py --snapshot ROOT SHADOW`: what is there before the program runs counts as durable.
 *
 *   cc -O2 -shared -fPIC -o forgetful.so forgetful.c -ldl -lpthread
 *   LD_PRELOAD=/abs/forgetful.so FORGETFUL_ROOT=/abs/data FORGETFUL_SHADOW=/dev/shm/abs  program
 *
 * A shadow record is named by the key of its inode: device and file handle. The handle has the
 * inode's generation, so a reused inode number is a new key, and a rename changes nothing. A record
 * is written aside and renamed into place, under a lock per inode that the kernel frees at a kill:
 * it is always one whole earlier state, and an older save never replaces a newer one. It appears
 * after the real fsync has succeeded and before the caller hears of it.
 *
 * Limits. Only calls that go through libc are seen: an fsync by a raw system call (rustix's default
 * backend, io_uring, static binaries) is not recorded, nor are RWF_SYNC and RWF_DSYNC: what they
 * made durable is lost, so a test can fail wrongly but never pass wrongly. A file counts if its path
 * is below the root when it is fsynced; fsynced elsewhere and then moved in, it is empty. O_SYNC and
 * O_DSYNC opens for writing below the root, sync, syncfs and msync(MS_SYNC) are not modelled: they
 * end the process with a message and spoil the shadow. Symlinks, sockets, owners, xattrs and times
 * are not kept. Each fsync copies the whole file (a reflink where the shadow allows it). A root on
 * a file system without file handles is refused. */
#undef _FORTIFY_SOURCE
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HANDLE_ROOM 100 /* in hex it must fit a file name */
#define KEY_ROOM 255
#define PATH_ROOM (PATH_MAX + KEY_ROOM + 2)
#define HANDLE_FID 0x200 /* AT_HANDLE_FID, Linux 6.6: also overlayfs */

static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_len; /* 0: switched off, or not begun */

static void die(const char *what) {
    char text[PATH_MAX], mark[PATH_ROOM];
    int n = snprintf(text, sizeof text, "forgetful: %s (errno: %s)\n", what, strerror(errno));
    snprintf(mark, sizeof mark, "%s/spoiled", shadow);
    int fd = root_len == 0 ? -1 : syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0 && write(fd, text, n) < 0) errno = 0;
    if (write(STDERR_FILENO, text, n) < 0) errno = 0;
    abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *r = getenv("FORGETFUL_ROOT"), *s = getenv("FORGETFUL_SHADOW");
    char lock[PATH_ROOM];
    if (!r && !s) return;
    if (!r || *r != '/' || !realpath(r, root)) die("FORGETFUL_ROOT must be an existing absolute path");
    if (!s || *s != '/' || !realpath(s, shadow)) die("FORGETFUL_SHADOW must be an existing absolute path");
    snprintf(lock, sizeof lock, "%s/lock", shadow);
    if (access(lock, W_OK)) die("run `remember.py --snapshot ROOT SHADOW` first");
    root_len = strlen(root);
}

static int under_root(int fd) {
    char link[64], path[PATH_MAX];
    if (!root_len) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < (ssize_t)root_len || memcmp(path, root, root_len)) return 0;
    path[n] = 0;
    return path[root_len] == 0 || path[root_len] == '/';
}

/* The stat and key of dir/name, or of dir itself if name is empty; 0 if it is gone. */
static int identify(int dir, const char *name, struct stat *st, char key[KEY_ROOM]) {
    union { struct file_handle h; char room[sizeof(struct file_handle) + HANDLE_ROOM]; } f;
    int mount, flag = *name ? 0 : AT_EMPTY_PATH;
    f.h.handle_bytes = HANDLE_ROOM;
    int bad = fstatat(dir, name, st, flag | AT_SYMLINK_NOFOLLOW)
           || (name_to_handle_at(dir, name, &f.h, &mount, flag)
               && (errno != EOPNOTSUPP
                   || (f.h.handle_bytes = HANDLE_ROOM, name_to_handle_at(dir, name, &f.h, &mount, flag | HANDLE_FID))));
    if (bad && errno == ENOENT) return 0;
    if (bad) die("no file handle for an entry of the root");
    int n = sprintf(key, "%lx-%x-", (unsigned long)st->st_dev, f.h.handle_type);
    for (unsigned i = 0; i < f.h.handle_bytes; i++) n += sprintf(key + n, "%02x", f.h.f_handle[i]);
    return 1;
}

static void put(int out, const char *bytes, size_t left) {
    for (ssize_t n; left; bytes += n, left -= n)
        if ((n = write(out, bytes, left)) < 0 && (n = 0, errno != EINTR)) die("cannot write to the shadow");
}

static void save_file(int fd, int out, const struct stat *st) {
    char path[64], part[65536];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* fd may be write-only, or unlinked */
    int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0) die("cannot read a file being fsynced");
    if (!ioctl(out, FICLONE, in)) {
        struct stat now;
        if (fstat(out, &now) || (now.st_size > st->st_size && ftruncate(out, st->st_size))) die("cannot cut a clone");
    } else {
        for (off_t at = 0; at < st->st_size;) {
            size_t want = st->st_size - at < (off_t)sizeof part ? (size_t)(st->st_size - at) : sizeof part;
            ssize_t n = pread(in, part, want, at);
            if (n < 0 && errno != EINTR) die("cannot read a file being fsynced");
            if (n == 0) break; /* being truncated by another thread */
            if (n > 0) put(out, part, n), at += n;
        }
    }
    if (fchmod(out, st->st_mode & 07777)) die("cannot set a mode in the shadow");
    close(in);
}

static char *list_folder(int fd, size_t *size) {
    char *text = NULL, key[KEY_ROOM];
    struct stat st;
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* with an offset of its own */
    if (again < 0 && errno == ENOENT) return *size = 0, calloc(1, 1); /* it was removed */
    DIR *dir = again < 0 ? NULL : fdopendir(again);
    FILE *to = open_memstream(&text, size);
    if (!dir || !to) die("cannot list a folder being fsynced");
    for (struct dirent *e; (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !identify(again, e->d_name, &st, key)) continue;
        if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) fprintf(to, "%o %s %s%c", st.st_mode, key, e->d_name, 0);
    }
    closedir(dir);
    if (fclose(to)) die("no memory to list a folder");
    return text;
}

/* A listing made during another thread's rename may have both names or neither: ask until two agree. */
static void save_folder(int fd, int out) {
    size_t size, before_size;
    char *text = list_folder(fd, &size), *before;
    for (int tries = 0, same = 0; !same && tries < 100; tries++) {
        before = text, before_size = size, text = list_folder(fd, &size);
        same = size == before_size && !memcmp(text, before, size);
        free(before);
    }
    put(out, text, size);
    free(text);
}

static int sync_fd(int fd, long call) {
    int errno_before = errno;
    struct stat st;
    char key[KEY_ROOM], lock_path[PATH_ROOM], aside[PATH_ROOM], record[PATH_ROOM];
    if (!under_root(fd) || fstat(fd, &st) || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) return syscall(call, fd);
    snprintf(lock_path, sizeof lock_path, "%s/lock", shadow);
    int lock = open(lock_path, O_RDWR | O_CLOEXEC);
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = st.st_ino & (LLONG_MAX >> 1), .l_len = 1};
    while (fcntl(lock, F_OFD_SETLKW, &range)) /* between threads as well as processes */
        if (errno != EINTR) die("cannot lock the shadow");
    if (!identify(fd, "", &st, key)) die("no file handle for a file being fsynced"); /* a newer st */
    snprintf(aside, sizeof aside, "%s/aside.%ld", shadow, (long)syscall(SYS_gettid));
    snprintf(record, sizeof record, "%s/%s", shadow, key);
    unlink(aside); /* of a killed thread with this number */
    int out = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) die("cannot write to the shadow");
    if (S_ISREG(st.st_mode)) save_file(fd, out, &st);
    else save_folder(fd, out);
    close(out);
    int result = syscall(call, fd), errno_after = errno;
    if (result ? unlink(aside) : rename(aside, record)) die("cannot name a shadow record");
    range.l_type = F_UNLCK; /* in words: a forked child may hold a copy of this descriptor */
    fcntl(lock, F_OFD_SETLK, &range);
    close(lock);
    errno = result ? errno_after : errno_before;
    return result;
}

int fsync(int fd) { return sync_fd(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_fd(fd, SYS_fdatasync); }

/* What is not modelled is refused, lest a test quietly measure something else. */
void sync(void) {
    if (root_len) die("sync() is not modelled");
    syscall(SYS_sync);
}
int syncfs(int fd) {
    if (root_len) die("syncfs() is not modelled");
    return syscall(SYS_syncfs, fd);
}
int msync(void *at, size_t size, int flags) {
    if (root_len && flags & MS_SYNC) die("msync(MS_SYNC) is not modelled");
    return syscall(SYS_msync, at, size, flags);
}
static int opened(int dir, const char *path, int flags, mode_t mode) {
    int errno_before = errno, fd = syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && flags & O_DSYNC && (flags & O_ACCMODE) != O_RDONLY && under_root(fd))
        die("a file below the root was opened with O_SYNC or O_DSYNC, which is not modelled");
    if (fd >= 0) errno = errno_before;
    return fd;
}
#define MODE(flags) ({ \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    mode; \
})
int open(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE(flags)); }
int open64(const char *path, int flags, ...) { return opened(AT_FDCWD, path, flags, MODE(flags)); }
int openat(int dir, const char *path, int flags, ...) { return opened(dir, path, flags, MODE(flags)); }
int openat64(int dir, const char *path, int flags, ...) { return opened(dir, path, flags, MODE(flags)); }
