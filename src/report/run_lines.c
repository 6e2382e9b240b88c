#include "report/run_lines.h"

#include "base/ended.h"
#include "base/out.h"
#include "base/sys.h"
#include "leakcheck/log.h"
#include "report/escape.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LINE_BYTES 2048

static void LC_PRINTF(2, 3) tell(int run, const char *fmt, ...)
{
    char text[128];
    struct lc_out line;
    va_list args;
    lc_out_init(&line, run, text, sizeof text);
    va_start(args, fmt);
    lc_out_vfmt(&line, fmt, args);
    va_end(args);
    lc_out_flush(&line);
}

void lc_run_tell_start(int run, const struct lc_process *p)
{
    char text[LINE_BYTES];
    struct lc_out line;
    if (run < 0)
        return;
    lc_out_init(&line, -1, text, sizeof text - 1);
    lc_out_fmt(&line, LC_RUN_STARTED " pid=%d ppid=%d exe=", p->pid, p->ppid);
    lc_escape_log(&line, p->executable);
    text[line.len++] = '\n';
    lc_sys_write(run, text, line.len); /* at once: others write, too */
}

void lc_run_tell(int run, const char *word, pid_t pid)
{
    tell(run, "%s pid=%d\n", word, pid);
}

void lc_run_tell_killed(int run, pid_t pid, int signal)
{
    tell(run, LC_RUN_KILLED " pid=%d signal=%d\n", pid, signal);
}

struct counts {
    size_t logs, started, ended, running;
};

static pid_t pid_of(const char *line)
{
    const char *digit = line + strcspn(line, "=") + 1;
    pid_t pid = 0;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        pid = pid * 10 + (*digit - '0');
    return pid;
}

/* Of one that may have ended all the same, before it became what still runs. */
static void tell_state(int all, pid_t pid, struct counts *n)
{
    if (lc_sys_call(SYS_kill, pid, 0, 0, 0, 0, 0) == -ESRCH)
        return;
    int status = lc_ended_zombie_status(pid);
    n->running += status == LC_ENDED_UNKNOWN;
    if (status == LC_ENDED_UNKNOWN)
        lc_run_tell(all, LC_RUN_RUNNING, pid);
    else if (WIFSIGNALED(status))
        lc_run_tell_killed(all, pid, WTERMSIG(status));
    else
        tell(all, LC_RUN_EXITED " pid=%d status=%d\n", pid, WEXITSTATUS(status));
}

static bool begins(const char *line, const char *word)
{
    size_t len = strlen(word);
    return strncmp(line, word, len) == 0 && line[len] == ' ';
}

static void count(struct counts *n, const char *line)
{
    n->logs += begins(line, LEAKCHECK_LOG_MAGIC);
    n->started += begins(line, LC_RUN_STARTED);
    n->ended += begins(line, LC_RUN_ENDED) || begins(line, LC_RUN_BECAME);
}

bool lc_run_lines_settle(int all)
{
    struct counts n = {0};
    off_t size = lc_sys_lseek(all, 0, SEEK_END);
    uintptr_t map = size > 0 ? lc_sys_mmap(0, (size_t)size, PROT_READ, MAP_SHARED, all, 0) : (uintptr_t)-EINVAL;
    if (lc_sys_is_error(map))
        return size > 0;
    const char *text = (const char *)map, *end = text + size, *next;
    for (const char *line = text; line < end && (next = memchr(line, '\n', (size_t)(end - line))); line = next + 1)
        count(&n, line);
    bool is_settled = n.started <= n.ended + n.logs;
    for (const char *line = text; !is_settled && line < end && (next = memchr(line, '\n', (size_t)(end - line))); line = next + 1)
        if (begins(line, LC_RUN_STARTED))
            tell_state(all, pid_of(line), &n);
    lc_sys_munmap(map, (size_t)size);
    return n.logs || n.started > n.ended + n.running;
}
