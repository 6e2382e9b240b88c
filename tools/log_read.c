#include "log_read.h"

#include "complain.h"
#include "leakcheck/log.h"
#include "log_records.h"
#include "mem.h"
#include "unreported.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void __attribute__((format(printf, 3, 4)))
complain(struct lc_log *log, size_t line, const char *fmt, ...)
{
    if (log->problem.count++)
        return;
    va_list args;
    log->problem.line = line;
    va_start(args, fmt);
    vsnprintf(log->problem.text, sizeof log->problem.text, fmt, args);
    va_end(args);
}

/* The first line. False: this is no log at all. */
static bool read_magic(struct lc_log *log, size_t line, const char *text)
{
    const char *version = text + strlen(LEAKCHECK_LOG_MAGIC);
    if (strncmp(text, LEAKCHECK_LOG_MAGIC " ", strlen(LEAKCHECK_LOG_MAGIC) + 1) != 0) {
        complain(log, line, "not a leakcheck log; leakcheck --record=FILE COMMAND writes one");
        return false;
    }
    if (strtoul(version, NULL, 10) != LEAKCHECK_LOG_VERSION)
        complain(
            log, 1,
            "log version%.12s, and this leakcheck-report knows %d: use the one that came with the library; "
            "what it knows is reported",
            strspn(version, " 0123456789") == strlen(version) ? version : " unknown", LEAKCHECK_LOG_VERSION);
    return true;
}

static struct lc_log *add_log(struct lc_logs *logs, const char *path)
{
    logs->at = lc_mem_grow(logs->at, logs->count, sizeof *logs->at);
    struct lc_log *log = &logs->at[logs->count++];
    *log = (struct lc_log){.path = path};
    log->findings.version = "";
    log->findings.process.executable = "";
    log->findings.process.directory = "";
    log->findings.process.end_kind = LC_END_STATUS;
    return log;
}

/* The lines after the first, which is line `first` of the file: the number of the last. A line without its
 * end was cut: half a number would be another number. */
static size_t read_lines(struct lc_log *log, size_t first, char *rest, char *end)
{
    struct lc_log_reader r = {.f = &log->findings, .line_number = 1};
    for (char *newline; rest < end && (newline = memchr(rest, '\n', (size_t)(end - rest)));
         rest = newline + 1) {
        *newline = '\0';
        lc_log_record_read(&r, rest);
        if (*r.line.wrong)
            complain(log, first + r.line_number - 1,
                     "a damaged %s line: %s; all that could be read is reported", r.line.word, r.line.wrong);
    }
    if (!lc_log_records_finish(&r))
        complain(log, first + r.line_number - 1,
                 "truncated after this line (process killed, or disk full?); what there is is reported");
    return first + r.line_number - 1;
}

/* One log, which begins at line `first` of the file: the number of its last line. */
static size_t parse_log(struct lc_log *log, size_t first, char *text, char *end)
{
    char *newline = memchr(text, '\n', (size_t)(end - text));
    if (!newline) {
        complain(log, 0, "empty, or not a leakcheck log; leakcheck --record=FILE COMMAND writes one");
        return first;
    }
    *newline = '\0';
    log->is_log = read_magic(log, first, text);
    return log->is_log ? read_lines(log, first, newline + 1, end) : first;
}

static void keep_text(struct lc_logs *logs, char *text)
{
    logs->texts = lc_mem_grow(logs->texts, logs->text_count, sizeof *logs->texts);
    logs->texts[logs->text_count++] = text;
}

/* Of the processes that left none, the command's log tells, or else the last. */
static void add_notes(struct lc_logs *logs, char **notes, size_t count)
{
    struct lc_log *to = (struct lc_log *)(uintptr_t)lc_logs_command(logs->at, logs->count);
    struct lc_findings *f = to ? &to->findings : &logs->at[logs->count - 1].findings;
    const char **all = (const char **)(uintptr_t)f->notes;
    for (size_t i = 0; i < count; i++) {
        all = lc_mem_grow(all, f->note_count, sizeof *all);
        all[f->note_count++] = notes[i];
        keep_text(logs, notes[i]);
    }
    f->notes = all;
    free(notes);
}

void lc_logs_parse(struct lc_logs *logs, const char *path, char *text, size_t len)
{
    static const char boundary[] = "\n" LEAKCHECK_LOG_MAGIC " ";
    size_t line = 0, note_count;
    char **notes = lc_unreported_take(text, &len, &note_count);
    char *end = text + len;
    for (char *rest = text; rest;) {
        char *next = memmem(rest, (size_t)(end - rest), boundary, strlen(boundary));
        line = parse_log(add_log(logs, path), line + 1, rest, next ? next + 1 : end);
        rest = next ? next + 1 : NULL;
    }
    add_notes(logs, notes, note_count);
    keep_text(logs, text);
}

/* The whole of `fd` in memory of malloc, or NULL with errno. */
static char *slurp(int fd, size_t *len)
{
    size_t capacity = 1 << 16;
    char *text = lc_mem_alloc(capacity, 1);
    for (*len = 0;;) {
        ssize_t n = read(fd, text + *len, capacity - *len);
        if (n == 0)
            return text;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        *len += (size_t)n;
        if (*len == capacity) {
            char *more = reallocarray(text, capacity *= 2, 1);
            if (!more)
                break;
            text = more;
        }
    }
    free(text);
    return NULL;
}

void lc_logs_read(struct lc_logs *logs, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    size_t len = 0;
    char *text = fd < 0 ? NULL : slurp(fd, &len);
    if (text)
        lc_logs_parse(logs, path, text, len);
    else
        complain(add_log(logs, path), 0, "%s", strerror(errno));
    if (!is_stdin && fd >= 0)
        close(fd);
}

static void free_findings(struct lc_findings *f)
{
    free((void *)(uintptr_t)f->process.arguments);
    free((void *)(uintptr_t)f->options);
    free((void *)(uintptr_t)f->notes);
    free(f->modules);
    free(f->frames);
    free(f->leaks);
    free(f->hanging);
    free(f->steps);
    free(f->blocks);
    free(f->errors);
    free(f->regions);
    free(f->arenas);
    free(f->sizes);
    free(f->facts);
}

bool lc_logs_are_sound(const struct lc_logs *logs)
{
    bool are_sound = true;
    for (size_t i = 0; i < logs->count; i++) {
        const struct lc_log *log = &logs->at[i];
        if (!log->problem.count)
            continue;
        if (log->problem.line)
            lc_complain("%s:%zu: %s", log->path, log->problem.line, log->problem.text);
        else
            lc_complain("%s: %s", log->path, log->problem.text);
        are_sound = false;
    }
    return are_sound;
}

void lc_logs_drop_others(struct lc_logs *logs)
{
    size_t kept = 0;
    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].is_log)
            logs->at[kept++] = logs->at[i];
    logs->count = kept;
}

const struct lc_log *lc_logs_command(const struct lc_log *logs, size_t count)
{
    const struct lc_log *command = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!logs[i].findings.process.is_main)
            continue;
        if (command)
            return NULL;
        command = &logs[i];
    }
    return command;
}

void lc_logs_free(struct lc_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++)
        free_findings(&logs->at[i].findings);
    for (size_t i = 0; i < logs->text_count; i++)
        free(logs->texts[i]);
    free(logs->texts);
    free(logs->at);
    *logs = (struct lc_logs){0};
}
