/* Findings from memory: what record/ has and what vm/ sees, as the report wants it. */
#ifndef LC_REPORT_COLLECT_H
#define LC_REPORT_COLLECT_H

#include "base/options.h"
#include "report/death.h"
#include "report/identity.h"
#include "report/suppressions.h"
#include "scan/scan.h"

/* What the scan needs; see scan/scan.h. */
struct lc_collect_scan {
    struct lc_world world; /* stopped; resumed as soon as the blocks have been looked at, */
    bool is_last;          /* unless nobody goes on after this report */
    struct lc_self self;
    struct lc_range libc, loader, allocator, early;
};

struct lc_collect_input {
    const struct lc_options *options;
    const struct lc_identity *identity;
    struct lc_process process;
    bool is_copy; /* the caller is a copy of that process (preload/copy.h); nobody is to be resumed */
    const uintptr_t *function_addresses; /* of the doors, by enum lc_function */
    uint64_t early_blocks;
    struct lc_collect_scan *scan; /* NULL: blocks are not looked for, only counted */
    const struct lc_death *death; /* NULL: no signal ends the process; */
    struct lc_death_thread death_thread;
    struct lc_range not_leaks; /* what code here allocated counts as freed */
    uint32_t inherited_sites; /* blocks of sites below it are somebody else's to report */
    bool needs_stacks; /* else only errors and ways to blocks have theirs */
    bool needs_memory; /* the memory map and the account: what smaps says, and what blocks are in memory */
    bool needs_details; /* sizes of modules, facts of the system */
    const char *suppressions; /* the program's own (suppressions.h), or NULL */
    const struct lc_suppressions *rules; /* these, and those of files, for suppressed.h; or NULL */
    const char *const *notes;
    size_t note_count;
};

/* Fills `out` with memory of our own, never given back: it is made once, at the end. What there is no memory
 * for is missing, and a note says so. Other threads may go on; their events meanwhile are in or not. */
void lc_collect(struct lc_findings *out, const struct lc_collect_input *in);

#endif
