/* The end of a process: findings are collected, logged and reported. */
#ifndef LC_REPORT_FINISH_H
#define LC_REPORT_FINISH_H

#include "base/options.h"
#include "report/collect.h"
#include "report/death.h"
#include "report/identity.h"
#include "report/target.h"

struct lc_finish {
    struct lc_options options;
    struct lc_identity identity;
    const uintptr_t *function_addresses;
    struct lc_target console; /* the program's standard error */
    struct lc_target report;  /* the report's file; fd -1 and no pattern: the console */
    struct lc_target record; /* fd -1 and no pattern: none is kept */
    struct lc_target run_log; /* see run_log.h; fd -1: there is none, and each process reports for itself */
    const char *symbolizer;  /* path of leakcheck-report, "" for none */
    const char *notes[8];
    size_t note_count;
    uint64_t early_blocks;
    const char *suppressions;        /* the program's own (report/suppressed.h), or NULL */
    struct lc_suppressions rules;    /* these, and those of files, once they have been read */
    bool has_rules;
    struct lc_range stdio_allocator; /* where libc allocates the buffers of its streams */
    struct lc_collect_scan *scan;    /* for this report: see collect.h */
    uint32_t inherited_sites;        /* sites below it are of blocks that a fork's child inherited */
    const struct lc_death *death;    /* the process ends by it; or NULL, */
    struct lc_death_thread death_thread;
    bool keeps_stdio_buffers;        /* they could not be freed: they are left out, as if they were */
};

/* Reports on the process as it is, ending as told. Whether there is anything to fail for: a leak that counts, or
 * an error; by leakcheck-report, which knows more names for suppressions, where it has made the report. Once per process: the caller sees to that, and that recording has stopped. What can't be written
 * where it should go is told on the console, and the report then goes there. */
bool lc_finish(struct lc_finish *f, enum lc_end_kind kind, int value);

/* Blocks of sites below it are the parent's to report, as long as there is one; 0: none are. Not in a copy. */
uint32_t lc_finish_inherited(const struct lc_finish *f);
/* What is found now, of the process that goes on: all that a log has. Like the end's, memory for it is never given back; in a
 * copy (`is_copy`), which ends after this, it costs the process none. */
void lc_finish_look(struct lc_finish *f, bool is_copy, uint32_t inherited_sites, struct lc_findings *out);

/* The program's own suppressions and those of files, read once. What is wrong with a file is told by who reports. */
const struct lc_suppressions *lc_finish_rules(struct lc_finish *f);

#endif
