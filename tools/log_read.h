/* A log read back into findings. The log is not trusted: whatever it says, the findings are sound (ids in
 * range, stacks finite), and what is wrong with it is told, once. */
#ifndef LC_TOOLS_LOG_READ_H
#define LC_TOOLS_LOG_READ_H

#include "report/findings.h"

struct lc_log {
    const char *path;
    bool is_log; /* begins like one */
    struct lc_findings findings;
    struct {
        size_t line;    /* the first that is wrong, from 1; 0: the file as a whole */
        size_t count;   /* of wrong lines; 0: the log is sound */
        char text[256]; /* what is wrong with the first, and what to do */
    } problem;
    char *text; /* the file; strings of the findings point into it */
};

/* Reads the file at `path`, "-" for stdin. Where it can't be read, or is no log, the findings are empty and
 * the problem says why. `path` is borrowed. */
void lc_log_read(struct lc_log *log, const char *path);

/* The same of `text`, which is `len` bytes in memory of malloc and becomes the log's. */
void lc_log_parse(struct lc_log *log, const char *path, char *text, size_t len);

void lc_log_free(struct lc_log *log);

#endif
