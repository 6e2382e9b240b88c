/* Findings judged: named by a fingerprint, told in a sentence, given to whom they belong. */
#ifndef LC_TOOLS_JUDGE_H
#define LC_TOOLS_JUDGE_H

#include "report/findings.h"

struct lc_judge_settings {
    const char *source_root; /* NULL: findings are nobody's */
    bool has_excerpts;       /* read sources where they are */
    bool has_suppressions;   /* say what would suppress each */
    bool has_progress;       /* tell on a terminal how far it is */
};

struct lc_judge;

/* Gives a judgement to every leak and error of `f`, which stays in use; the novelty is left to the baseline
 * (baseline.h). */
struct lc_judge *lc_judge_open(struct lc_findings *f, struct lc_namer *namer, const struct lc_judge_settings *settings);
void lc_judge_close(struct lc_judge *j);

/* The judgement of a finding, to be changed. */
struct lc_judgement *lc_judge_leak(struct lc_judge *j, const struct lc_leak *leak);
struct lc_judgement *lc_judge_error(struct lc_judge *j, const struct lc_error *error);

#endif
