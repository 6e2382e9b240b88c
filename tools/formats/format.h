/* The formats that a report can have: one file each, one line each in the table. */
#ifndef LC_TOOLS_FORMATS_FORMAT_H
#define LC_TOOLS_FORMATS_FORMAT_H

#include "log_read.h"
#include "report/text.h"

struct lc_report {
    struct lc_out *out;
    struct lc_log *logs;
    size_t count; /* at least 1 */
    struct lc_namer *namer;
    const struct lc_text_style *style;
};

struct lc_formatter {
    bool has_full_paths; /* source files come with their directories, whatever the options say */
    /* True; or false when a log lacks what the format needs, after a line on stderr. */
    bool (*print)(const struct lc_report *report);
};

extern const struct lc_formatter lc_formatter_text, lc_formatter_mtrace;

/* By enum lc_format_kind. */
extern const struct lc_formatter *const lc_formatters[];

#endif
