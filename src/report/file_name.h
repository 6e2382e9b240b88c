/* Names of files as valgrind's options have them: %p the pid, %n a number, %q{VAR} a variable of the environment, %% a
 * percent sign. They are read twice: %q{} at the start, for the program may change its environment; the rest where a
 * file is opened. */
#ifndef LC_REPORT_FILE_NAME_H
#define LC_REPORT_FILE_NAME_H

#include "base/out.h"

#include <sys/types.h>

/* Puts `pattern` (of `len` bytes) without %q{}. False for a wrong % in it, for a variable that is not set, and when it
 * does not fit. */
bool lc_file_name_resolve(struct lc_out *o, const char *pattern, size_t len, char *const *environment);

/* The name that a resolved pattern stands for; cut when `size` is too small. */
void lc_file_name_expand(const char *pattern, size_t len, pid_t pid, unsigned number, char *path, size_t size);

/* Puts `text` so that it stands for itself in a pattern. */
void lc_file_name_put_literal(struct lc_out *o, const char *text);

#endif
