/* Findings added up by fingerprint: what baselines, comparisons and histories go by. */
#ifndef LC_TOOLS_TALLY_H
#define LC_TOOLS_TALLY_H

#include "report/findings.h"

#include <uthash.h>

struct lc_tally_entry {
    char fingerprint[LC_FINGERPRINT_SIZE]; /* key */
    UT_hash_handle hh;
    char *kind, *what;
    uint64_t bytes, blocks;
    bool is_own;
};

struct lc_tally_item {
    const char *fingerprint, *kind, *what;
    uint64_t bytes, blocks;
    bool is_own;
};

/* NULL is an empty one. */
typedef struct lc_tally_entry *lc_tally;

/* Whether `text` is written as fingerprints are (fingerprint.h). */
bool lc_tally_is_fingerprint(const char *text);

void lc_tally_add(lc_tally *t, const struct lc_tally_item *item);
/* The leaks of `kinds`, and the errors, each with its count for blocks. */
void lc_tally_findings(lc_tally *t, const struct lc_findings *f, unsigned kinds);
const struct lc_tally_entry *lc_tally_find(lc_tally t, const char *fingerprint);
void lc_tally_sort(lc_tally *t);
void lc_tally_free(lc_tally *t);

#endif
