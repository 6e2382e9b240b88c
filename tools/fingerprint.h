/* A name for a finding that stays the same from run to run and from build to build. */
#ifndef LC_TOOLS_FINGERPRINT_H
#define LC_TOOLS_FINGERPRINT_H

#include "calls.h"

/* Of what it is ("definite", "double-free"), the module, and the plain names of the innermost functions that are
 * neither an allocator nor the runtime, recursion once: no addresses, lines, parameters, and inlined or not. */
void lc_fingerprint(char out[LC_FINGERPRINT_SIZE], const char *kind, const struct lc_calls *calls);

#endif
