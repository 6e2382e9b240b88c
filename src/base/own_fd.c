#include "base/own_fd.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

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

int lc_own_fd_keep(struct lc_own_fd *f, int low)
{
    struct stat st;
    *f = (struct lc_own_fd){.fd = -1};
    if (low < 0)
        return low;
    int floor = lc_own_fd_floor();
    int high = floor < 0 ? -EMFILE : lc_sys_fcntl(low, F_DUPFD_CLOEXEC, floor);
    lc_sys_close(low);
    int rc = high < 0 ? high : lc_sys_fstat(high, &st);
    if (rc == 0)
        *f = (struct lc_own_fd){high, st.st_dev, st.st_ino};
    return rc;
}

int lc_own_fd_get(const struct lc_own_fd *f)
{
    struct stat st;
    bool is_ours = f->fd > 2 && lc_sys_fstat(f->fd, &st) == 0 && st.st_dev == f->device && st.st_ino == f->inode;
    return is_ours ? f->fd : -1;
}
