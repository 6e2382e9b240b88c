/* Suppressions made from findings. */
#ifndef LC_TOOLS_GENERATE_H
#define LC_TOOLS_GENERATE_H

#include "calls.h"

/* A suppression in valgrind's syntax that would leave a leak of `kind` at these calls out, as valgrind's
 * --gen-suppressions prints it; in memory of malloc. NULL where valgrind has none: a lost mapping. */
char *lc_generate_suppression(enum lc_leak_kind kind, const struct lc_calls *calls);

#endif
