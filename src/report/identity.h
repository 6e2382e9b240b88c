/* Who this process is, kept from its start: later it may have changed its directory, its root or its
 * arguments. */
#ifndef LC_REPORT_IDENTITY_H
#define LC_REPORT_IDENTITY_H

#include "report/findings.h"

struct lc_identity {
    struct lc_process process; /* as far as it is known at the start */
    bool is_forked;            /* has not become another program since */
    uint64_t start_ns;         /* CLOCK_MONOTONIC */
    const char *library;       /* path of libleakcheck.so, "" when /proc does not tell */
};

/* Copies what it keeps. `address` lies in the library. */
void lc_identity_init(struct lc_identity *id, int argc, char **argv, char *const *environment, const void *address);

/* In a fork's child, whose environment tells of its test. */
void lc_identity_after_fork(struct lc_identity *id, char *const *environment);

/* The process as it is now, ending as told. */
struct lc_process lc_identity_at_end(const struct lc_identity *id, enum lc_end_kind kind, int value);

#endif
