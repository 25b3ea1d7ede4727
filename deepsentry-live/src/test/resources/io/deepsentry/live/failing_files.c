/*
 * Makes calls on files fail as a bad disk or a file server that went away does. Loaded before the C library by LD_PRELOAD.
 *
 * The folder FAULTS holds a file for each file that is to fail. Its name is the inode, its text the error's number and the calls that fail:
 *   read  reading, by whatever descriptor
 *   open  opening
 *   all   everything: also opening, and asking for times and sizes
 *   old   everything by descriptors that were opened before, for as long as they are open
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 4096
#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

/* Descriptors and faults, by the order in which they were opened and noticed. */
static atomic_long order;
static long opened[DESCRIPTORS];
static struct { struct statx_timestamp made; long order; } noticed[DESCRIPTORS];

enum call { READING, ASKING, OPENING, BY_PATH };

/* When a fault was first met. */
static long met(struct statx_timestamp made) {
    int i = 0;
    while (i < DESCRIPTORS - 1 && noticed[i].order
            && (noticed[i].made.tv_sec != made.tv_sec || noticed[i].made.tv_nsec != made.tv_nsec)) i++;
    if (!noticed[i].order) {
        noticed[i].made = made;
        noticed[i].order = ++order;
    }
    return noticed[i].order;
}

/* The error with which a call is to fail; 0 if it is not. Calls the kernel itself, so that errno is kept and nothing comes back here. */
static int fault(int folder, const char *path, int flags, enum call call) {
    const char *faults = getenv("FAULTS");
    struct statx file, control;
    char name[4096], text[64], where[16];
    int kept = errno, error = 0;
    if (faults == NULL) return 0;
    if (syscall(SYS_statx, folder, path, flags, STATX_INO | STATX_TYPE, &file) == 0 && S_ISREG(file.stx_mode)) {
        snprintf(name, sizeof name, "%s/%llu", faults, (unsigned long long) file.stx_ino);
        int fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY);
        if (fd >= 0) {
            long length = syscall(SYS_read, fd, text, sizeof text - 1);
            text[length < 0 ? 0 : length] = 0;
            if (sscanf(text, "%d %15s", &error, where) == 2
                    && syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MTIME, &control) == 0) {
                long since = met(control.stx_mtime);
                if (strcmp(where, "read") == 0) {
                    if (call != READING) error = 0;
                } else if (strcmp(where, "open") == 0) {
                    if (call != OPENING) error = 0;
                } else if (strcmp(where, "old") == 0) {
                    if (call == OPENING || call == BY_PATH || folder < 0 || folder >= DESCRIPTORS || opened[folder] > since) error = 0;
                }
            } else {
                error = 0;
            }
            syscall(SYS_close, fd);
        }
    }
    errno = kept;
    return error;
}

#define FAIL_IF(found, value)   \
    do {                        \
        int error = (found);    \
        if (error) {            \
            errno = error;      \
            return (value);     \
        }                       \
    } while (0)
#define BY_FD(fd, call) fault(fd, "", AT_EMPTY_PATH, call)

static int noted(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS) opened[fd] = ++order;
    return fd;
}

#define OPEN(name)                                              \
    int name(const char *path, int flags, ...) {                \
        va_list more;                                           \
        va_start(more, flags);                                  \
        mode_t mode = va_arg(more, int);                        \
        va_end(more);                                           \
        FAIL_IF(fault(AT_FDCWD, path, 0, OPENING), -1);         \
        return noted(REAL(name)(path, flags, mode));            \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                            \
    int name(int folder, const char *path, int flags, ...) {    \
        va_list more;                                           \
        va_start(more, flags);                                  \
        mode_t mode = va_arg(more, int);                        \
        va_end(more);                                           \
        FAIL_IF(fault(folder, path, 0, OPENING), -1);           \
        return noted(REAL(name)(folder, path, flags, mode));    \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t read(int fd, void *target, size_t length) {
    FAIL_IF(BY_FD(fd, READING), -1);
    return REAL(read)(fd, target, length);
}

ssize_t readv(int fd, const struct iovec *targets, int count) {
    FAIL_IF(BY_FD(fd, READING), -1);
    return REAL(readv)(fd, targets, count);
}

#define PREAD(name, offset)                                             \
    ssize_t name(int fd, void *target, size_t length, offset at) {      \
        FAIL_IF(BY_FD(fd, READING), -1);                                \
        return REAL(name)(fd, target, length, at);                      \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define FSTAT(name, kind)                   \
    int name(int fd, struct kind *found) {  \
        FAIL_IF(BY_FD(fd, ASKING), -1);     \
        return REAL(name)(fd, found);       \
    }
FSTAT(fstat, stat)
FSTAT(fstat64, stat64)

#define STAT(name, kind, flags)                             \
    int name(const char *path, struct kind *found) {        \
        FAIL_IF(fault(AT_FDCWD, path, flags, BY_PATH), -1); \
        return REAL(name)(path, found);                     \
    }
STAT(stat, stat, 0)
STAT(stat64, stat64, 0)
STAT(lstat, stat, AT_SYMLINK_NOFOLLOW)
STAT(lstat64, stat64, AT_SYMLINK_NOFOLLOW)

#define FSTATAT(name, kind)                                                     \
    int name(int folder, const char *path, struct kind *found, int flags) {     \
        FAIL_IF(fault(folder, path, flags & AT_SYMLINK_NOFOLLOW, BY_PATH), -1); \
        return REAL(name)(folder, path, found, flags);                          \
    }
FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)

int statx(int folder, const char *restrict path, int flags, unsigned int mask, struct statx *restrict found) {
    FAIL_IF(fault(folder, path, flags, *path ? BY_PATH : ASKING), -1);
    return REAL(statx)(folder, path, flags, mask, found);
}

int access(const char *path, int mode) {
    FAIL_IF(fault(AT_FDCWD, path, 0, OPENING), -1);
    return REAL(access)(path, mode);
}
