/* The formats that a report can have: one file each, one line each in the table. */
#ifndef LC_TOOLS_FORMATS_FORMAT_H
#define LC_TOOLS_FORMATS_FORMAT_H

#include "baseline.h"
#include "log_read.h"
#include "report/suppressions.h"
#include "report/text.h"

/* All there is to say. */
struct lc_report {
    struct lc_out *out;
    struct lc_log *logs; /* one a process */
    size_t count;        /* at least 1 */
    /* Leaks and errors of all of them, judged: each has a `judgement`. Of one process its own findings. */
    struct lc_findings *findings;
    struct lc_namer *namer;
    const struct lc_options *options;
    const struct lc_text_style *style;
    const struct lc_verdict *verdict;
    const struct lc_suppressions *suppressions; /* with what each has matched */
    const struct lc_baseline *baseline;         /* NULL: there is none */
    const char *today;                          /* "2027-01-31" */
    const char *source_root;                    /* NULL: there is none */
};

struct lc_formatter {
    /* True; or false when a log lacks what the format needs, after a line on stderr. */
    bool (*print)(const struct lc_report *report);
    bool is_compressed; /* by gzip, whatever its file is called */
};

extern const struct lc_formatter lc_formatter_text, lc_formatter_mtrace, lc_formatter_none, lc_formatter_json, lc_formatter_lsan,
    lc_formatter_xml, lc_formatter_sarif, lc_formatter_junit, lc_formatter_github, lc_formatter_gitlab, lc_formatter_markdown,
    lc_formatter_folded, lc_formatter_pprof, lc_formatter_callgrind, lc_formatter_massif, lc_formatter_dhat, lc_formatter_heaptrack;

/* By enum lc_format_kind. */
extern const struct lc_formatter *const lc_formatters[];

#endif
