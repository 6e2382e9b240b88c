/* Suppressions: leaks that are to be left out, in valgrind's syntax and in LeakSanitizer's. For the library and for
 * leakcheck-report: memory is mapped pages, which are never given back. */
#ifndef LC_REPORT_SUPPRESSIONS_H
#define LC_REPORT_SUPPRESSIONS_H

#include "report/findings.h"

enum lc_pattern_kind { LC_PATTERN_FUNCTION, LC_PATTERN_OBJECT, LC_PATTERN_SOURCE, LC_PATTERN_ANY_FRAMES };

/* A line of valgrind's: "fun:malloc", "obj:*.so", "src:file.c:12", "...". */
struct lc_pattern {
    enum lc_pattern_kind kind;
    const char *text;
    unsigned line; /* of "src:FILE:LINE", else 0 */
};

struct lc_suppression {
    const char *name;
    const char *file; /* "built-in", or "the program's own" */
    unsigned line;    /* where it begins */
    unsigned kinds;   /* LC_KIND_... */
    const char *anywhere; /* LeakSanitizer's pattern; or NULL, and */
    struct lc_pattern *patterns; /* valgrind's, for the innermost frames */
    size_t pattern_count;
    uint64_t records, bytes, blocks; /* of what it has matched */
};

/* Zero-initialised is valid. */
struct lc_suppressions {
    struct lc_suppression *at;
    size_t count, capacity;
    void (*complain)(const char *text); /* of what is wrong, and where; may be NULL */
    size_t wrong;                       /* how often */
};

/* Adds those in `text`, which ends in NUL, is changed, and stays in use as `file` does. What is no suppression is told
 * and passed over: the others hold. Those for other tools and other errors than leaks are left out. */
void lc_suppressions_parse(struct lc_suppressions *s, const char *file, char *text);

/* The same of a constant text; of the files that a list option names, relative to `directory`; and of what is built in:
 * pools of libc and of the loader. A file that can't be read is told, too. */
void lc_suppressions_add(struct lc_suppressions *s, const char *file, const char *text);
void lc_suppressions_read(struct lc_suppressions *s, const char *list, const char *directory);
void lc_suppressions_add_default(struct lc_suppressions *s);

/* Leaks of `f` that one matches become LC_LEAK_SUPPRESSED; the first that matches counts them. */
void lc_suppressions_apply(struct lc_suppressions *s, struct lc_findings *f, struct lc_namer *namer);

/* Whether `pattern` (of `len` bytes) stands in `text`, as LeakSanitizer decides it: anywhere, with `*` for any bytes,
 * `^` at its start for the start of the text, `$` for its end. Nothing stands in an empty text. */
bool lc_suppressions_stands_in(const char *pattern, size_t len, const char *text);

#endif
