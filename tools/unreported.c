#include "unreported.h"

#include "leakcheck/log.h"
#include "log_line.h"
#include "mem.h"
#include "report/run_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define NOTES_MAX 10 /* the others are counted */

/* One that has begun. */
struct process {
    UT_hash_handle hh;
    pid_t pid;
    char *executable;
    bool is_open; /* left nothing yet */
    enum { UNKNOWN, KILLED, EXITED, RUNNING } how;
    int value; /* signal or status */
    bool has_totals;
    unsigned long bytes, blocks;
};

static struct process *find(struct process **all, pid_t pid)
{
    struct process *p;
    HASH_FIND(hh, *all, &pid, sizeof pid, p);
    if (p)
        return p;
    p = lc_mem_alloc(1, sizeof *p);
    p->pid = pid;
    HASH_ADD(hh, *all, pid, sizeof pid, p);
    return p;
}

static void begin(struct process *p, struct lc_log_line *line)
{
    free(p->executable);
    p->executable = lc_mem_format("%s", lc_log_line_string(line, "exe"));
    p->is_open = true;
    p->has_totals = false;
    p->how = UNKNOWN;
}

static void end(struct process *p, struct lc_log_line *line)
{
    (void)line;
    p->is_open = false;
}

static void kill_it(struct process *p, struct lc_log_line *line)
{
    p->how = KILLED;
    p->value = (int)lc_log_line_number(line, "signal");
}

static void let_exit(struct process *p, struct lc_log_line *line)
{
    p->how = EXITED;
    p->value = (int)lc_log_line_number(line, "status");
}

static void let_run(struct process *p, struct lc_log_line *line)
{
    (void)line;
    p->how = RUNNING;
}

static void count_up(struct process *p, struct lc_log_line *line)
{
    p->has_totals = true;
    p->bytes = lc_log_line_number(line, "bytes");
    p->blocks = lc_log_line_number(line, "blocks");
}

static const struct word {
    const char *word;
    void (*read)(struct process *p, struct lc_log_line *line);
} words[] = {
    {LC_RUN_STARTED, begin}, {LC_RUN_ENDED, end},       {LC_RUN_BECAME, end},
    {LC_RUN_KILLED, kill_it}, {LC_RUN_EXITED, let_exit}, {LC_RUN_RUNNING, let_run},
    {LC_RUN_TOTALS, count_up},
};

static const struct word *word_of(const char *line)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(words); i++) {
        size_t len = strlen(words[i].word);
        if (strncmp(line, words[i].word, len) == 0 && strncmp(line + len, " pid=", strlen(" pid=")) == 0)
            return &words[i];
    }
    return NULL;
}

static void read_line(struct process **all, const struct word *w, char *text)
{
    struct lc_log_line line;
    lc_log_line_split(&line, text);
    w->read(find(all, (pid_t)lc_log_line_number(&line, "pid")), &line);
}

static char *how(const struct process *p)
{
    const char *signal = p->how == KILLED ? sigabbrev_np(p->value) : NULL;
    if (p->how == KILLED)
        return lc_mem_format("was killed by SIG%s: there is no report on it", signal ? signal : "?");
    if (p->how == EXITED)
        return lc_mem_format("ended with status %d and left no report", p->value);
    return lc_mem_format("is gone and left no report");
}

static char *describe(const struct process *p)
{
    const char *slash = strrchr(p->executable, '/'), *name = slash ? slash + 1 : p->executable;
    char *end = how(p), *text;
    if (p->has_totals)
        text = lc_mem_format("process %d (%s) %s, but for the last that is known: %lu bytes in %lu blocks that it had not freed", p->pid,
                             name, end, p->bytes, p->blocks);
    else
        text = lc_mem_format("process %d (%s) %s", p->pid, name, end);
    free(end);
    return text;
}

static char **list(struct process *all, size_t *count)
{
    char **notes = NULL;
    size_t others = 0;
    struct process *p, *next;
    HASH_ITER(hh, all, p, next)
    {
        bool is_lost = p->is_open && p->how != RUNNING;
        if (is_lost && *count < NOTES_MAX) {
            notes = lc_mem_grow(notes, *count, sizeof *notes);
            notes[(*count)++] = describe(p);
        } else {
            others += is_lost;
        }
        HASH_DEL(all, p);
        free(p->executable);
        free(p);
    }
    if (others) {
        notes = lc_mem_grow(notes, *count, sizeof *notes);
        notes[(*count)++] = lc_mem_format("%zu more processes left no report", others);
    }
    return notes;
}

char **lc_unreported_take(char *text, size_t *len, size_t *count)
{
    static const char of_log[] = "process pid=";
    struct process *all = NULL;
    char *const end_of_text = text + *len;
    char *to = text;
    for (char *line = text, *next; line < end_of_text; line = next) {
        char *newline = memchr(line, '\n', (size_t)(end_of_text - line));
        next = newline ? newline + 1 : end_of_text;
        const struct word *w = newline ? word_of(line) : NULL;
        if (w) {
            *newline = '\0';
            read_line(&all, w, line);
            continue;
        }
        if (newline && strncmp(line, of_log, strlen(of_log)) == 0)
            find(&all, (pid_t)strtol(line + strlen(of_log), NULL, 10))->is_open = false;
        memmove(to, line, (size_t)(next - line));
        to += next - line;
    }
    *len = (size_t)(to - text);
    *count = 0;
    return list(all, count);
}
