/* Where the process's memory is: VmRSS, all of it, by what it is used for. Pure: from the findings alone. */
#ifndef LC_REPORT_ACCOUNT_H
#define LC_REPORT_ACCOUNT_H

#include "report/findings.h"

enum lc_account_part {
    LC_ACCOUNT_LIVE,     /* bytes of live blocks */
    LC_ACCOUNT_OVERHEAD, /* their headers and rounding */
    LC_ACCOUNT_FREE,     /* what the allocator holds for blocks to come */
    LC_ACCOUNT_HEAP,     /* all three, where they could not be told apart */
    LC_ACCOUNT_ANONYMOUS,
    LC_ACCOUNT_SHARED,
    LC_ACCOUNT_STACKS,
    LC_ACCOUNT_TLS,
    LC_ACCOUNT_CODE,
    LC_ACCOUNT_MODULE_DATA, /* constants, data and bss of modules */
    LC_ACCOUNT_FILES,
    LC_ACCOUNT_KERNEL, /* vdso, vvar */
    LC_ACCOUNT_OWN,
    LC_ACCOUNT_COUNT
};

struct lc_account {
    uint64_t resident[LC_ACCOUNT_COUNT];
    uint64_t other_live; /* of LC_ACCOUNT_LIVE: blocks that are nobody's leak (the loader's, ignored ones) */
    uint64_t total;      /* VmRSS, or their sum where that is not known */
    int64_t remainder;   /* of the total, what the parts leave; below 0: they are more */
};

/* False where the residency of a region is not known: then there is none. */
bool lc_account_make(const struct lc_findings *f, struct lc_account *out);

/* What an arena holds, in RAM, that no live block takes. */
uint64_t lc_account_free_of(const struct lc_arena *a);

#endif
