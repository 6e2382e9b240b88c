/* Signals by name: "USR1", "SIGUSR1", "10", "RTMIN+3", "RTMAX-1" (signal(7)). */
#ifndef LC_BASE_SIGNAL_NAME_H
#define LC_BASE_SIGNAL_NAME_H

#include "base/compiler.h"

/* Of the first `len` bytes of `name`: its number, or 0 when it is none. */
int lc_signal_number(const char *name, size_t len);

#endif
