/* What one block of each leak tells of all: its class, by its vtable, and the way from a root to it. */
#ifndef LC_REPORT_EXAMPLES_H
#define LC_REPORT_EXAMPLES_H

#include "report/leaks.h"

/* Sets vtable of l->out->leaks, and fills l->out->steps as far as the options ask for them. `leak_of`: by site and
 * class, the leak + 1, 0 for none. */
void lc_examples_collect(struct lc_leaks *l, const uint32_t *leak_of);

#endif
