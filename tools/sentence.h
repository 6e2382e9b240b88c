/* A finding in one sentence, and the command that shows more of it. In memory of malloc. */
#ifndef LC_TOOLS_SENTENCE_H
#define LC_TOOLS_SENTENCE_H

#include "calls.h"

/* "in `parse_header`, called from `main`" */
char *lc_sentence_place(const struct lc_calls *calls, size_t owner);

/* "72 bytes in all, lost 3 times in `parse_header`, called from `main`" */
char *lc_sentence_leak(const struct lc_leak *l, const struct lc_calls *calls, size_t owner);

/* "a block freed that was free already, 2 times in `drop`, called from `main`" */
char *lc_sentence_error(const struct lc_error *e, const struct lc_calls *calls, size_t owner);

/* "leakcheck --show-tree=yes ./prog", or NULL where there is no more to see. */
char *lc_sentence_command(const struct lc_leak *l, const struct lc_process *p);

#endif
