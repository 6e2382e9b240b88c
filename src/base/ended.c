#include "base/ended.h"

#include "base/out.h"
#include "base/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* <linux/pidfd.h> of 6.15. */
struct pidfd_info {
    uint64_t mask, cgroup;
    uint32_t pids[3], ids[8];
    int32_t exit_code;
};
#define PIDFD_GET_INFO  _IOWR(0xFF, 11, struct pidfd_info)
#define PIDFD_INFO_EXIT (1u << 3)

#define REAPED_MS 200

int lc_ended_watch(pid_t pid)
{
    return (int)lc_sys_call(SYS_pidfd_open, pid, 0, 0, 0, 0, 0);
}

/* The last field of /proc/PID/stat (proc(5): exit_code). */
int lc_ended_zombie_status(pid_t pid)
{
    char path[32], text[1024];
    lc_format(path, sizeof path, "/proc/%d/stat", pid);
    int fd = lc_sys_open(path, O_RDONLY, 0);
    ssize_t len = fd < 0 ? -1 : lc_sys_read(fd, text, sizeof text - 1);
    if (fd >= 0)
        lc_sys_close(fd);
    if (len <= 0)
        return LC_ENDED_UNKNOWN;
    text[len] = '\0';
    const char *state = strrchr(text, ')'), *last = strrchr(text, ' ');
    if (!state || strncmp(state, ") Z", 3) != 0)
        return LC_ENDED_UNKNOWN;
    int status = 0;
    for (last++; *last >= '0' && *last <= '9'; last++)
        status = status * 10 + (*last - '0');
    return status;
}

int lc_ended_status(int watch, pid_t pid)
{
    struct pidfd_info info = {.mask = PIDFD_INFO_EXIT};
    struct pollfd reaped = {.fd = watch}; /* POLLHUP */
    int status = lc_ended_zombie_status(pid);
    if (status != LC_ENDED_UNKNOWN)
        return status;
    lc_sys_call(SYS_poll, (long)&reaped, 1, REAPED_MS, 0, 0, 0);
    bool is_known = lc_sys_call(SYS_ioctl, watch, PIDFD_GET_INFO, (long)&info, 0, 0, 0) == 0 && info.mask & PIDFD_INFO_EXIT;
    return is_known ? info.exit_code : LC_ENDED_UNKNOWN;
}
