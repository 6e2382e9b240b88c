#include "report/run_log.h"

#include "base/options.h"
#include "base/out.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Where there is no memory to map it. */
static int copy_piecewise(int log, off_t at, off_t end, int to)
{
    char piece[2048];
    struct lc_out out;
    ssize_t got = 0;
    for (; at < end && (got = lc_sys_pread(log, piece, sizeof piece, at)) > 0; at += got) {
        lc_out_init(&out, to, piece, sizeof piece);
        out.len = (size_t)got;
        int rc = lc_out_flush(&out);
        if (rc < 0)
            return rc;
    }
    return at < end ? (got < 0 ? (int)got : -EIO) : 0;
}

ssize_t lc_log_copy(int log, off_t start, int to)
{
    off_t size = lc_sys_lseek(log, 0, SEEK_END);
    if (size <= start)
        return size < 0 ? (ssize_t)size : 0;
    uintptr_t text = lc_sys_mmap(0, (size_t)size, PROT_READ, MAP_SHARED, log, 0);
    if (lc_sys_is_error(text)) {
        int failed = copy_piecewise(log, start, size, to);
        return failed ? failed : size - start;
    }
    struct lc_out out;
    lc_out_init(&out, to, (char *)text + start, (size_t)(size - start));
    out.len = (size_t)(size - start);
    int rc = lc_out_flush(&out);
    lc_sys_munmap(text, (size_t)size);
    return rc ? rc : size - start;
}

/* Bytes of the file that are locked for two purposes. */
enum { TO_WRITE, BY_KEEPER };

/* Waits for whoever holds it. */
static int set_lock(int run, int byte, short type)
{
    struct flock one = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return lc_sys_fcntl(run, F_SETLKW, (long)&one);
}

void lc_run_log_hold(int run)
{
    set_lock(run, BY_KEEPER, F_RDLCK);
}

void lc_run_log_wait(int run)
{
    if (set_lock(run, BY_KEEPER, F_WRLCK) == 0)
        set_lock(run, BY_KEEPER, F_UNLCK);
}

static int cut(int run, off_t size)
{
    return (int)lc_sys_call(SYS_ftruncate, run, size, 0, 0, 0, 0);
}

/* Else it was taken: who comes late may have left a line since (run_lines.h). */
static bool is_there(int run)
{
    char first[sizeof LC_RUN_LOG_FIRST_LINE - 1];
    return lc_sys_pread(run, first, sizeof first, 0) == sizeof first &&
           memcmp(first, LC_RUN_LOG_FIRST_LINE, sizeof first) == 0;
}

int lc_run_log_add(int run, int log)
{
    int rc = set_lock(run, TO_WRITE, F_WRLCK);
    if (rc < 0)
        return rc;
    const off_t before = lc_sys_lseek(run, 0, SEEK_END);
    const ssize_t added = is_there(run) ? lc_log_copy(log, 0, run) : -ESTALE;
    if (added < 0 && added != -ESTALE)
        cut(run, before); /* the disk is full: half a log would spoil the others */
    set_lock(run, TO_WRITE, F_UNLCK);
    return added < 0 ? (int)added : 0;
}

ssize_t lc_run_log_take(int run, int to)
{
    int rc = set_lock(run, TO_WRITE, F_WRLCK);
    if (rc < 0)
        return rc;
    ssize_t taken = -ESTALE;
    if (is_there(run))
        taken = lc_log_copy(run, (off_t)strlen(LC_RUN_LOG_FIRST_LINE), to);
    if (taken >= 0)
        cut(run, 0);
    set_lock(run, TO_WRITE, F_UNLCK);
    return taken;
}

void lc_run_log_remove(const char *path)
{
    char folder[LC_OPTION_STRING_MAX];
    const char *slash = strrchr(path, '/');
    lc_sys_call(SYS_unlink, (long)path, 0, 0, 0, 0, 0);
    if (slash) {
        lc_format(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        lc_sys_call(SYS_rmdir, (long)folder, 0, 0, 0, 0, 0);
    }
}
