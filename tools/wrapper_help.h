/* leakcheck --help. */
#ifndef LC_TOOLS_WRAPPER_HELP_H
#define LC_TOOLS_WRAPPER_HELP_H

#include "base/options.h"

extern const char lc_wrapper_usage[];

/* To stdout: every option of base/options.def with its value in `defaults`. */
void lc_wrapper_help(const struct lc_options *defaults);

#endif
