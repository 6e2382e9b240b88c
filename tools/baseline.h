/* Known leaks, in a file that people keep with their sources:
 *
 *   # leakcheck baseline, version 1
 *   leak 0123456789abcdef definite 72 bytes 3 blocks
 *     what: 72 bytes in all, lost 3 times in `parse`, called from `main`
 *     reason: freed in the next release, see #12
 *     expires: 2027-01-31
 *
 * A leak is known while its fingerprint has no more bytes and blocks than that; errors count in blocks. */
#ifndef LC_TOOLS_BASELINE_H
#define LC_TOOLS_BASELINE_H

#include "judge.h"

struct lc_baseline_entry {
    char fingerprint[LC_FINGERPRINT_SIZE];
    char *kind, *what, *reason; /* "" where there is none */
    char expires[sizeof "2027-01-31"];
    uint64_t bytes, blocks;
    size_t line;
    uint64_t found_bytes, found_blocks; /* what the findings have of it */
};

/* Zero-initialised is valid: nothing is known. Entries stand by fingerprint. */
struct lc_baseline {
    struct lc_baseline_entry *at;
    size_t count;
    size_t wrong; /* lines, each told on stderr */
};

/* What is in the file at `path`; lines that are wrong are told and left out. False, and told, when it can't be read. */
bool lc_baseline_read(struct lc_baseline *b, const char *path);
void lc_baseline_parse(struct lc_baseline *b, const char *path, char *text);
void lc_baseline_free(struct lc_baseline *b);

/* Says of each finding whether it is known; `today` is like "2027-01-31". */
void lc_baseline_judge(struct lc_baseline *b, const struct lc_findings *f, struct lc_judge *judge, const char *today);

/* Whether it has run out by `today`. */
bool lc_baseline_is_expired(const struct lc_baseline_entry *e, const char *today);

/* Whether it is in the file in vain: it has run out, or lc_baseline_judge did not find it. */
bool lc_baseline_is_stale(const struct lc_baseline_entry *e, const char *today);

/* Writes leaks of `kinds` and errors as the known ones, in place of the file at `path`; reasons and dates stay as in `b`.
 * False, and told, when that fails: the file is then as it was. */
bool lc_baseline_write(const struct lc_baseline *b, const struct lc_findings *f, unsigned kinds, const char *path);

#endif
