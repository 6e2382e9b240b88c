#include "vm/access.h"

#include "base/out.h"
#include "base/own_fd.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

static struct {
    struct lc_own_fd directory, pagemap; /* 0: not opened */
    pid_t owner; /* whose pagemap it is */
    struct lc_own_fd pinned; /* directory of another process, */
    pid_t pinned_pid;        /* and which; 0: none */
    const char *denied;
} access_to;

void lc_access_init(void)
{
    lc_own_fd_keep(&access_to.directory, lc_sys_open("/proc", O_PATH | O_DIRECTORY, 0));
    lc_own_fd_keep(&access_to.pagemap, lc_sys_open("/proc/self/pagemap", O_RDONLY, 0));
    access_to.owner = lc_sys_getpid();
}

void lc_access_deny(const char *names)
{
    access_to.denied = names;
}

bool lc_access_is_denied(const char *name)
{
    size_t len = strlen(name);
    const char *at = access_to.denied;
    if (!at)
        return false;
    for (; *at; at += strcspn(at, ","), at += *at == ',')
        if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    return false;
}

int lc_access_descriptor(void)
{
    return lc_own_fd_get(&access_to.directory);
}

static int open_at(int directory, const char *file)
{
    return (int)lc_sys_call(SYS_openat, directory, (long)file, O_RDONLY | O_CLOEXEC, 0, 0, 0);
}

int lc_access_open(pid_t pid, const char *file)
{
    char path[64];
    size_t root = lc_format(path, sizeof path, "/proc/");
    if (pid > 0)
        lc_format(path + root, sizeof path - root, "%d/%s", (int)pid, file);
    else
        lc_format(path + root, sizeof path - root, "%s%s", pid == 0 ? "thread-self/" : "", file);
    if (lc_access_is_denied(file))
        return -ENOENT;
    if (pid > 0 && pid == access_to.pinned_pid)
        return open_at(lc_own_fd_get(&access_to.pinned), file);
    int directory = lc_access_descriptor();
    if (directory < 0)
        return lc_sys_open(path, O_RDONLY, 0);
    return open_at(directory, path + root);
}

int lc_access_pin(pid_t pid)
{
    char path[32];
    if (access_to.pinned_pid)
        lc_sys_close(lc_own_fd_get(&access_to.pinned));
    access_to.pinned_pid = 0;
    lc_format(path, sizeof path, "/proc/%d", (int)pid);
    int fd = lc_sys_open(path, O_PATH | O_DIRECTORY, 0);
    int rc = fd < 0 ? fd : lc_own_fd_keep(&access_to.pinned, fd);
    if (rc == 0)
        access_to.pinned_pid = pid;
    return rc;
}

int lc_access_pagemap(void)
{
    int fd = lc_access_open(0, "pagemap");
    int kept = lc_own_fd_get(&access_to.pagemap);
    if (fd >= 0 || kept < 0 || access_to.owner != lc_sys_getpid() || lc_access_is_denied("pagemap"))
        return fd;
    return lc_sys_fcntl(kept, F_DUPFD_CLOEXEC, 3);
}
