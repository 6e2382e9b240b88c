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

void lc_run_tell_totals(int run, pid_t pid, uint64_t bytes, uint64_t blocks)
{
    tell(run, LC_RUN_TOTALS " pid=%d bytes=%lu blocks=%lu\n", pid, (unsigned long)bytes, (unsigned long)blocks);
}

struct counts {
    size_t logs, started, ended, running;
};

/* What stands behind the first `key` from `line` on: each line has those that it is asked for. */
static uint64_t number_of(const char *line, const char *key)
{
    uint64_t number = 0;
    const char *at = strstr(line, key);
    for (at = at ? at + strlen(key) : ""; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    return number;
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

struct text {
    const char *start, *end;
};

/* False when it can't be read; `t` is to be unmapped. */
static bool map(int all, struct text *t)
{
    off_t size = lc_sys_lseek(all, 0, SEEK_END);
    uintptr_t start = size > 0 ? lc_sys_mmap(0, (size_t)size, PROT_READ, MAP_SHARED, all, 0) : (uintptr_t)-EINVAL;
    if (lc_sys_is_error(start))
        return false;
    *t = (struct text){(const char *)start, (const char *)start + size};
    return true;
}

static void unmap(const struct text *t)
{
    lc_sys_munmap((uintptr_t)t->start, (size_t)(t->end - t->start));
}

/* The whole line at `*rest`, which goes on to the next; NULL past the last. */
static const char *next_line(const struct text *t, const char **rest)
{
    const char *line = *rest, *newline = line < t->end ? memchr(line, '\n', (size_t)(t->end - line)) : NULL;
    *rest = newline ? newline + 1 : t->end;
    return newline ? line : NULL;
}

bool lc_run_lines_settle(int all)
{
    struct counts n = {0};
    struct text t;
    if (!map(all, &t))
        return lc_sys_lseek(all, 0, SEEK_END) > 0;
    const char *rest = t.start, *line;
    while ((line = next_line(&t, &rest)))
        count(&n, line);
    bool is_settled = n.started <= n.ended + n.logs;
    for (rest = t.start; !is_settled && (line = next_line(&t, &rest));)
        if (begins(line, LC_RUN_STARTED))
            tell_state(all, (pid_t)number_of(line, " pid="), &n);
    unmap(&t);
    return n.logs || n.started > n.ended + n.running;
}

bool lc_run_lines_totals(int all, pid_t pid, uint64_t *bytes, uint64_t *blocks)
{
    struct text t;
    bool is_told = false;
    if (!map(all, &t))
        return false;
    const char *rest = t.start, *line;
    while ((line = next_line(&t, &rest)))
        if (begins(line, LC_RUN_TOTALS) && number_of(line, " pid=") == (uint64_t)pid) {
            *bytes = number_of(line, " bytes=");
            *blocks = number_of(line, " blocks=");
            is_told = true;
        }
    unmap(&t);
    return is_told;
}
