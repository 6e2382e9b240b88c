/* The start of the library in a process: src/preload/start.c is its constructor. */
#ifndef LC_PRELOAD_START_H
#define LC_PRELOAD_START_H

#include "base/options.h"

/* What the environment asks for. Complaints go to standard error, one line each. */
void lc_start_read_options(struct lc_options *o, char *const *environment);

/* With trace-children=no: takes us out of the environment's LD_PRELOAD, in place. */
void lc_start_hide_from_children(char **environment);

/* Whether one of the comma-separated `patterns` (* and ?) is `path`, or its last component. */
bool lc_start_is_skipped(const char *patterns, const char *path);

/* leakcheck-report, looked for beside `library`, in the build tree and in an installed one: "" when it is in
 * neither. */
const char *lc_start_find_symbolizer(const char *library);

/* One line, "leakcheck: ...", on the program's standard error. */
void lc_start_complain(const char *why);

#endif
