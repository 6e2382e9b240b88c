/* One line of a log (include/leakcheck/log.h), split into its word and its fields in place. The getters note
 * the first thing that is wrong with the line in `wrong`, and answer with something harmless. */
#ifndef LC_TOOLS_LOG_LINE_H
#define LC_TOOLS_LOG_LINE_H

#include "base/compiler.h"

#include <sys/types.h>

#define LC_LOG_FIELDS_MAX 32

struct lc_log_line {
    const char *word;
    struct {
        const char *key;
        char *value; /* decoded */
    } fields[LC_LOG_FIELDS_MAX];
    unsigned count, next; /* next: where to look first */
    char wrong[128]; /* "": nothing yet */
};

/* `text` ends in NUL, has no newline, and is the line's from now on: strings point into it. Fields past the
 * limit are dropped. */
void lc_log_line_split(struct lc_log_line *line, char *text);

bool lc_log_line_has(struct lc_log_line *line, const char *key);
/* "" when it is missing. */
const char *lc_log_line_string(struct lc_log_line *line, const char *key);
/* NUM or HEX; 0 when it is missing. */
uint64_t lc_log_line_number(struct lc_log_line *line, const char *key);
/* An ID below `limit`; UINT32_MAX for `-`. */
uint32_t lc_log_line_id(struct lc_log_line *line, const char *key, size_t limit);

void lc_log_line_complain(struct lc_log_line *line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
