#include "scan/tasks.h"

#include "base/out.h"
#include "base/sys.h"
#include "vm/access.h"
#include "vm/proc.h"

#include <dirent.h>
#include <string.h>
#include <sys/syscall.h>

static pid_t other; /* 0: this one's */

void lc_tasks_of(pid_t process)
{
    other = process;
}

pid_t lc_tasks_process(void)
{
    return other ? other : lc_sys_getpid();
}

int lc_tasks_each(void (*visit)(void *context, pid_t tid), void *context)
{
    _Alignas(struct dirent64) char entries[512]; /* small: this runs on the program's own stack */
    long got;
    int fd = lc_access_open(lc_tasks_process(), "task");
    if (fd < 0)
        return fd;
    while ((got = lc_sys_call(SYS_getdents64, fd, (long)entries, sizeof entries, 0, 0, 0)) > 0)
        for (long at = 0; at < got;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            const char *name = entry->d_name;
            uint64_t tid;
            if (lc_proc_number(&name, 10, &tid) && !*name)
                visit(context, (pid_t)tid);
            at += entry->d_reclen;
        }
    lc_sys_close(fd);
    return (int)got;
}

/* The beginning of a small file of the thread, ended by NUL; empty when it can't be read. */
static void read_start(pid_t tid, const char *file, char *text, size_t size)
{
    char path[64];
    lc_format(path, sizeof path, "task/%d/%s", tid, file);
    int fd = lc_access_open(lc_tasks_process(), path);
    ssize_t len = fd < 0 ? 0 : lc_sys_read(fd, text, size - 1);
    if (fd >= 0)
        lc_sys_close(fd);
    text[len > 0 ? len : 0] = '\0';
}

/* What follows `key`, or NULL. */
static const char *value_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at ? at + strlen(key) : NULL;
}

enum lc_task_state lc_tasks_state(pid_t tid, int signal)
{
    char text[2048];
    uint64_t set;
    read_start(tid, "status", text, sizeof text);
    const char *state = value_of(text, "\nState:\t");
    const char *blocked = value_of(text, "\nSigBlk:\t");
    if (state && (*state == 'Z' || *state == 'X'))
        return LC_TASK_DEAD;
    bool blocks = blocked && lc_proc_number(&blocked, 16, &set) && set >> (signal - 1) & 1;
    return blocks ? LC_TASK_BLOCKS : LC_TASK_OPEN;
}

/* "NUMBER ARGUMENT*6 SP PC", or "running". */
uintptr_t lc_tasks_sp(pid_t tid)
{
    char text[256];
    uint64_t sp;
    read_start(tid, "syscall", text, sizeof text);
    const char *last = strrchr(text, ' ');
    if (!last || last == text)
        return 0;
    const char *at = last;
    while (at > text && at[-1] != ' ')
        at--;
    if (strncmp(at, "0x", 2) != 0)
        return 0;
    at += 2;
    return lc_proc_number(&at, 16, &sp) && at == last ? (uintptr_t)sp : 0;
}
