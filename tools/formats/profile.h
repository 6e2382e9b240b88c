/* What profiles are made of: leaks of some kinds, whether they are known or not. */
#ifndef LC_TOOLS_FORMATS_PROFILE_H
#define LC_TOOLS_FORMATS_PROFILE_H

#include "formats/format.h"

/* The next leak of `kinds` (LC_KIND_...) from the `*index`-th on, and `*index` after it; NULL after the last. */
const struct lc_leak *lc_profile_next(const struct lc_report *r, unsigned kinds, size_t *index);

/* For who can't tell kinds apart: those that are shown, and with the definitely lost ones what hangs from them. */
unsigned lc_profile_kinds(const struct lc_report *r);

/* The command line, made harmless and cut where it does not fit into `buf`. */
const char *lc_profile_command(const struct lc_report *r, char *buf, size_t size);

#endif
