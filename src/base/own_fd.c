#include "base/own_fd.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* Above what programs use and count on to be next, below the usual limit of 1024. */
#define HIGH_FD 1000
#define LOW_LIMIT_ROOM 8

int lc_own_fd_floor(void)
{
    struct rlimit limit;
    if (lc_sys_getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > HIGH_FD + LOW_LIMIT_ROOM)
        return HIGH_FD;
    return limit.rlim_cur > 2 * LOW_LIMIT_ROOM ? (int)limit.rlim_cur - LOW_LIMIT_ROOM : -1;
}

int lc_own_fd_adopt(struct lc_own_fd *f, int fd)
{
    struct stat st;
    int rc = fd < 0 ? fd : lc_sys_fstat(fd, &st);
    *f = rc < 0 ? (struct lc_own_fd){.fd = -1} : (struct lc_own_fd){fd, st.st_dev, st.st_ino};
    return rc;
}

bool lc_own_fd_is(const struct lc_own_fd *f, int fd)
{
    struct stat st;
    return fd >= 0 && lc_sys_fstat(fd, &st) == 0 && st.st_dev == f->device && st.st_ino == f->inode;
}

int lc_own_fd_keep(struct lc_own_fd *f, int low)
{
    int floor = lc_own_fd_floor();
    int high = low < 0 ? low : floor < 0 ? -EMFILE : lc_sys_fcntl(low, F_DUPFD_CLOEXEC, floor);
    if (low >= 0)
        lc_sys_close(low);
    return lc_own_fd_adopt(f, high);
}

int lc_own_fd_get(const struct lc_own_fd *f)
{
    return f->fd > 2 && lc_own_fd_is(f, f->fd) ? f->fd : -1;
}

void lc_own_fd_close_others(const int *kept, size_t count)
{
    unsigned next = 0;
    for (;;) {
        unsigned first = ~0u; /* the lowest that is kept, from `next` on */
        for (size_t i = 0; i < count; i++)
            if (kept[i] >= 0 && (unsigned)kept[i] >= next && (unsigned)kept[i] < first)
                first = (unsigned)kept[i];
        if (first > next)
            lc_sys_call(SYS_close_range, next, first == ~0u ? ~0u : first - 1, 0, 0, 0, 0);
        if (first == ~0u)
            return;
        next = first + 1;
    }
}
