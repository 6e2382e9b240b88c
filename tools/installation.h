/* Where the other parts of leakcheck stand: relative to the wrapper, in the build tree and in an installed one. */
#ifndef LC_TOOLS_INSTALLATION_H
#define LC_TOOLS_INSTALLATION_H

#include <limits.h>
#include <stdbool.h>

struct lc_installation {
    char library[PATH_MAX]; /* libleakcheck.so */
    char report[PATH_MAX];  /* leakcheck-report */
};

/* Absolute paths without links; false after one line on stderr, when a part is missing. */
bool lc_installation_find(struct lc_installation *to);

#endif
