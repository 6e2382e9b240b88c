/* The items of --output: "FORMAT:FILE", where FILE is a pattern (file_name.h). */
#ifndef LC_REPORT_OUTPUTS_H
#define LC_REPORT_OUTPUTS_H

#include "base/options.h"

struct lc_output {
    enum lc_format_kind format;
    const char *file; /* not ended by a NUL */
    size_t len;
};

/* The next one of `*rest`, as lc_options_next; false after the last. One without a known format has len 0. */
bool lc_outputs_next(const char **rest, struct lc_output *output);

/* Replaces the %q{} in all of them; those that are wrong are told, whole, and taken out. */
void lc_outputs_resolve(lc_option_list list, char *const *environment, void (*complain)(const char *output));

#endif
