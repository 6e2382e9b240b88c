/* What is known of a signal that ends the process: where, why, and what the addresses are that it had to do with. */
#ifndef LC_REPORT_CRASH_H
#define LC_REPORT_CRASH_H

#include "report/death.h"
#include "report/leaks.h"

/* The stack that the signal has interrupted, in depot.h, from the instruction outwards; where the program had jumped to what is
 * no code, from the caller. On the thread that it came to. LC_DEPOT_NONE when it can't be found out. */
uint32_t lc_crash_stack(const struct lc_death *d);

/* What the processor had been asked to do. */
enum lc_access lc_crash_access(const struct lc_death *d);

/* Fills out->crash; its sites name stacks by depot number. After the leaks, whose scan knows the blocks (and may not have
 * been possible). */
void lc_crash_collect(struct lc_findings *out, const struct lc_leaks *l, const struct lc_death *d, const struct lc_death_thread *thread);

#endif
