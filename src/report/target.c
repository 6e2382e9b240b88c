#include "report/target.h"

#include "base/own_fd.h"
#include "base/sys.h"
#include "report/file_name.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define WAIT_MS 1000 /* for room in a pipe */

int lc_target_open_stderr(struct lc_target *t)
{
    *t = (struct lc_target){.own.fd = -1};
    int floor = lc_own_fd_floor();
    int rc = floor < 0 ? floor : lc_own_fd_adopt(&t->own, lc_sys_fcntl(2, F_DUPFD_CLOEXEC, floor));
    return rc < 0 ? lc_own_fd_adopt(&t->own, 2) : rc;
}

static int open_high(struct lc_target *t, const char *path, int flags)
{
    int low = lc_sys_open(path, flags, 0666);
    if (low < 0)
        return low;
    int floor = lc_own_fd_floor();
    int high = floor < 0 ? -EMFILE : lc_sys_fcntl(low, F_DUPFD_CLOEXEC, floor);
    if (high < 0)
        return lc_own_fd_adopt(&t->own, low);
    lc_sys_close(low);
    return lc_own_fd_adopt(&t->own, high);
}

static int open_file(struct lc_target *t)
{
    static unsigned openings;
    char path[LC_TARGET_PATH_MAX];
    lc_file_name_expand(t->pattern, strlen(t->pattern), lc_sys_getpid(), t->is_shared ? 0 : ++openings, path, sizeof path);
    return open_high(t, path, t->is_shared ? O_RDWR | O_APPEND : O_WRONLY | O_CREAT | O_APPEND);
}

int lc_target_open_file(struct lc_target *t, const char *pattern, const char *directory, char *const *environment)
{
    *t = (struct lc_target){.own.fd = -1};
    struct lc_out o;
    lc_out_init(&o, -1, t->pattern, sizeof t->pattern - 1);
    if (pattern[0] != '/')
        lc_file_name_put_literal(&o, directory);
    if (pattern[0] != '/')
        lc_out_char(&o, '/');
    if (!lc_file_name_resolve(&o, pattern, strlen(pattern), environment))
        return -EINVAL;
    return open_file(t);
}

int lc_target_open_shared(struct lc_target *t, const char *path)
{
    struct lc_out o;
    *t = (struct lc_target){.own.fd = -1, .is_shared = true};
    lc_out_init(&o, -1, t->pattern, sizeof t->pattern - 1);
    lc_file_name_put_literal(&o, path);
    return open_file(t);
}

void lc_target_after_fork(struct lc_target *t)
{
    if (t->own.fd > 2 && lc_own_fd_is(&t->own, t->own.fd))
        lc_sys_close(t->own.fd);
    t->own.fd = -1;
}

int lc_target_fd(struct lc_target *t)
{
    if (lc_own_fd_is(&t->own, t->own.fd))
        return t->own.fd;
    if (t->pattern[0])
        return open_file(t) == 0 ? t->own.fd : -1;
    return lc_own_fd_is(&t->own, 2) ? 2 : -1;
}

void lc_target_say(struct lc_target *t, const char *text)
{
    char line[512];
    int fd = lc_target_fd(t);
    if (fd >= 0 && lc_sys_wait_writable(fd, WAIT_MS))
        lc_sys_write(fd, line, lc_format(line, sizeof line, "leakcheck: %s\n", text));
}
