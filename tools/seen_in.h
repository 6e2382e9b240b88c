/* In which processes something was seen. */
#ifndef LC_TOOLS_SEEN_IN_H
#define LC_TOOLS_SEEN_IN_H

#include "base/compiler.h"

#define LC_SEEN_COMMANDS_MAX 6

struct lc_seen_in {
    size_t processes, last; /* last: the number of the one noted last, from 1 */
    const char *commands[LC_SEEN_COMMANDS_MAX];
    unsigned command_count;
    bool has_more; /* commands */
};

/* Notes process number `process` (from 1, not decreasing), which ran `command` (borrowed). */
void lc_seen_in_add(struct lc_seen_in *s, size_t process, const char *command);

/* "seen in 3 of 5 processes: cc1, as", in memory of malloc. */
char *lc_seen_in_text(const struct lc_seen_in *s, size_t processes);

#endif
