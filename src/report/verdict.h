/* What a run comes to: the first line of every report, and whether it fails. */
#ifndef LC_REPORT_VERDICT_H
#define LC_REPORT_VERDICT_H

#include "base/options.h"
#include "base/out.h"
#include "report/findings.h"

struct lc_verdict {
    uint64_t leaks; /* records that count, and of these */
    uint64_t own, foreign, fresh, grown, known;
    uint64_t definite_bytes, possible_bytes, mapped_bytes, other_bytes;
    uint64_t errors;
    uint64_t crashes;    /* processes; they fail by themselves, or are no failure of who started them */
    uint64_t suppressed; /* records */
    bool has_owners, has_baseline, is_blind;
    bool fails;
    bool is_unwritten; /* the report on it, where it was to go */
    int exit_status; /* of whom the report is about, which the caller knows; -1: nobody's */
};

/* Counts the findings of `f` by the policy of `o` (errors-for-leak-kinds, fail-on, max-bytes). Leaks without a
 * judgement are taken for new and own ones. With exit_status -1. */
struct lc_verdict lc_verdict_of(const struct lc_findings *f, const struct lc_options *o);

/* Whether a finding that counts is of those that fail, by the policy of `o`. */
bool lc_verdict_may_fail(const struct lc_judgement *j, const struct lc_options *o);

/* The status that process `p`, which `fails`, or not, ends with: `status`, its own; or `error-exitcode`, if it has to do
 * with that one and has succeeded so far. */
int lc_verdict_status(bool fails, int status, const struct lc_process *p, const struct lc_options *o);

/* The status of the process of `f` with `v`, as a shell tells it; -1 while it goes on. */
int lc_verdict_exit_status(const struct lc_verdict *v, const struct lc_process *p, const struct lc_options *o);

/* "3 leaks, 157 bytes definitely lost; 1 new; exit 23", without a newline. */
void lc_verdict_put(struct lc_out *out, const struct lc_verdict *v);

#endif
