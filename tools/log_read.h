/* A log read back into findings. The log is not trusted: whatever it says, the findings are sound (ids in
 * range, stacks finite), and what is wrong with it is told, once. */
#ifndef LC_TOOLS_LOG_READ_H
#define LC_TOOLS_LOG_READ_H

#include "report/findings.h"

struct lc_log {
    const char *path;
    bool is_log; /* begins like one; if not, the findings are empty and the problem says why */
    struct lc_findings findings;
    struct {
        size_t line;    /* of the file: the first that is wrong, from 1; 0: the file as a whole */
        size_t count;   /* of wrong lines; 0: the log is sound */
        char text[256]; /* what is wrong with the first, and what to do */
    } problem;
};

/* The logs of some files; a file may hold several, one after the other. Zero-initialised is valid. */
struct lc_logs {
    struct lc_log *at;
    size_t count;
    char **texts; /* the files; strings of the findings point into them */
    size_t text_count;
};

/* Adds the logs of the file at `path`, "-" for stdin: at least one, which is none (is_log) where the file
 * can't be read, or is something else. `path` is borrowed. */
void lc_logs_read(struct lc_logs *logs, const char *path);

/* The same of `text`, which is `len` bytes in memory of malloc and becomes the logs'. */
void lc_logs_parse(struct lc_logs *logs, const char *path, char *text, size_t len);

/* Whether all are sound; those that are not are told on stderr, a line each. */
bool lc_logs_are_sound(const struct lc_logs *logs);

/* Takes out what is no log. */
void lc_logs_drop_others(struct lc_logs *logs);

/* The log of the command that a wrapper started, if they are of one run; else NULL. */
const struct lc_log *lc_logs_command(const struct lc_log *logs, size_t count);

void lc_logs_free(struct lc_logs *logs);

#endif
