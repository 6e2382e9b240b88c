/* Options that a project keeps with its sources. */
#ifndef LC_TOOLS_PROJECT_OPTIONS_H
#define LC_TOOLS_PROJECT_OPTIONS_H

#include <stdbool.h>

#define LC_PROJECT_OPTIONS ".leakcheckrc"

/* Gives each line of .leakcheckrc, of this directory or, inside a git work tree, of the nearest one above, to `take`:
 * without its end, blanks round it and leading dashes; not empty ones, and those that begin with '#'. False, and one line
 * on stderr, when `take` says no, with its `why`, or when anybody may write to the file. */
bool lc_project_options_read(bool (*take)(void *context, const char *text, char *why, unsigned long why_size), void *context);

#endif
