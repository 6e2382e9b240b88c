/* An environment, as a process gets it: "name=value" strings, NULL at the end (environ(7)). */
#ifndef LC_BASE_ENVIRONMENT_H
#define LC_BASE_ENVIRONMENT_H

#include "base/compiler.h"

/* The value of the variable whose name is the first `len` bytes at `name`: the environment's own bytes, or
 * NULL. */
char *lc_environment_get(char *const *environment, const char *name, size_t len);

#endif
