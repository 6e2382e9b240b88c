/* Asks a running process for a check (base/request.h). */
#ifndef LC_TOOLS_ASK_H
#define LC_TOOLS_ASK_H

#include "running.h"

/* The log of what process `r` has now: a descriptor, close-on-exec. -1, and `why` in one line, when there is none: it does not
 * take the signal within `timeout_s` seconds, refuses, or ends. Once it has begun, it is waited for as long as it takes. */
int lc_ask(const struct lc_running *r, unsigned timeout_s, char why[LC_RUNNING_WHY]);

#endif
