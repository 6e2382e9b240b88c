/* In which processes something was seen. */
#ifndef LC_TOOLS_SEEN_IN_H
#define LC_TOOLS_SEEN_IN_H

#include "report/findings.h"

#define LC_SEEN_NAMES_MAX 6

/* The first names that came, each once. */
struct lc_seen_names {
    const char *at[LC_SEEN_NAMES_MAX];
    unsigned count;
    bool has_more;
};

struct lc_seen_in {
    size_t processes, last; /* last: the number of the one noted last, from 1 */
    struct lc_seen_names commands, tests;
};

/* Notes process number `number` (from 1, not decreasing), whose strings are borrowed. */
void lc_seen_in_add(struct lc_seen_in *s, size_t number, const struct lc_process *process);

/* "seen in 3 of 5 processes: cc1, as", and "; of tests: a, b" where runners say; in memory of malloc. */
char *lc_seen_in_text(const struct lc_seen_in *s, size_t processes);

#endif
