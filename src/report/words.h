/* The words of the enumerations, as the log has them (include/leakcheck/log.h); the reports use them too. */
#ifndef LC_REPORT_WORDS_H
#define LC_REPORT_WORDS_H

#include "report/findings.h"

struct lc_words {
    const char *const *word; /* by enumerator */
    unsigned count;
};

extern const struct lc_words lc_words_leak, lc_words_holder, lc_words_error, lc_words_end, lc_words_region, lc_words_fact,
    lc_words_place, lc_words_access;

/* The enumerator of `word`, or -1. */
int lc_words_find(const struct lc_words *words, const char *word);

#endif
