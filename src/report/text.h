/* The report for people, in valgrind's shape: every line begins with `prefix`, "==PID== ". */
#ifndef LC_REPORT_TEXT_H
#define LC_REPORT_TEXT_H

#include "base/options.h"
#include "base/out.h"
#include "report/findings.h"
#include "report/verdict.h"

struct lc_text_style {
    enum lc_check leak_check;
    enum lc_map memory_map;
    unsigned hidden_kinds;   /* LC_KIND_... of leaks that are not shown one by one, */
    unsigned harmless_kinds; /* and that are no errors */
    bool quiet;           /* only notes and findings: nothing at all when there are none */
    bool verbose;         /* also the options, the modules, and the frames that called main */
    bool full_stacks;     /* also the frames that are not of own sources, where some are */
    unsigned num_callers; /* frames shown of each stack, 0: all */
    const struct lc_verdict *verdict; /* NULL: none is printed */
};

/* The whole report on one process. Sorts f->leaks, ascending by bytes; allocates nothing. */
void lc_text_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer,
                    const struct lc_text_style *style);

/* Its first line; nothing without one. */
void lc_text_verdict(struct lc_out *out, const char *prefix, const struct lc_text_style *style);

/* The signal that ended the process, and all that is known of it, with a blank line after it; nothing when none did, or when
 * it was only sent and the style is quiet. */
void lc_text_crash(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer,
                   const struct lc_text_style *style);

/* Whether a quiet report would have nothing to show. */
bool lc_text_is_quiet_about(const struct lc_findings *f, const struct lc_text_style *style);

/* Its parts, each usable alone. The notes come first, and a blank line after them is the caller's; the body is
 * errors, heap summary, leaks (sorted) and totals. */
void lc_text_notes(struct lc_out *out, const char *prefix, const struct lc_findings *f);
void lc_text_body(struct lc_out *out, const char *prefix, struct lc_findings *f, struct lc_namer *namer,
                  const struct lc_text_style *style);
/* One record a leak that is shown (sorts f->leaks); and valgrind's summary of them. */
void lc_text_leaks(struct lc_out *out, const char *prefix, struct lc_findings *f, struct lc_namer *namer,
                   const struct lc_text_style *style);
void lc_text_leak_summary(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                          const struct lc_text_style *style);
/* Its order: ascending. A record's first line, without an end; and of an error, in valgrind's words, so that those who
 * parse them find them, what it is and what of its address is known. */
void lc_text_sort(struct lc_findings *f);
void lc_text_record(struct lc_out *out, const struct lc_leak *l, size_t number, size_t count);
const char *lc_text_error(enum lc_error_kind kind);
void lc_text_error_address(struct lc_out *out, const struct lc_error *e);
/* The way to a leak's example, by its id (LC_NONE: to the block of --why); and the class of its objects. */
void lc_text_path(struct lc_out *out, const char *prefix, const struct lc_findings *f, uint32_t leak,
                  struct lc_namer *namer);
void lc_text_class(struct lc_out *out, const char *prefix, const struct lc_findings *f, const struct lc_leak *l,
                   struct lc_namer *namer);
/* Whether a leak is shown as a record. */
bool lc_text_is_shown(const struct lc_leak *l, const struct lc_text_style *style);
/* What was made of a finding, below its stack: nothing when it is NULL. */
void lc_text_judgement(struct lc_out *out, const char *prefix, const struct lc_judgement *j);
/* "Seen in ..." below a stack of merged findings; nothing when `where` is NULL. */
void lc_text_seen_in(struct lc_out *out, const char *prefix, const char *where);
void lc_text_stack(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                   const struct lc_site *site, struct lc_namer *namer, const struct lc_text_style *style);
void lc_text_memory_map(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                        struct lc_namer *namer, enum lc_map how);

/* Its parts: the regions, in their order, as a table; what one of them is (two blanks before each word); sums by kind;
 * totals of the process. */
void lc_text_regions(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer);
void lc_text_region_what(struct lc_out *out, const struct lc_findings *f, const struct lc_region *r, struct lc_namer *namer);
void lc_text_region_totals(struct lc_out *out, const char *prefix, const struct lc_findings *f);
void lc_text_process_memory(struct lc_out *out, const char *prefix, const struct lc_findings *f, enum lc_map how);

/* VmRSS by what it is used for, anonymous memory also by who mapped it; live blocks by kind, and the allocator's arenas, as
 * tables. */
void lc_text_account(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer);
void lc_text_mappers(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer);
void lc_text_classes(struct lc_out *out, const char *prefix, const struct lc_findings *f);
void lc_text_arenas(struct lc_out *out, const char *prefix, const struct lc_findings *f);
/* What the kernel tells of the process and the system; and sizes of modules. */
void lc_text_facts(struct lc_out *out, const char *prefix, const struct lc_findings *f);
void lc_text_sizes(struct lc_out *out, const char *prefix, const struct lc_findings *f);
/* What of a leak's bytes is in memory: nothing where it says no more than its size. */
void lc_text_footprint(struct lc_out *out, const char *prefix, const struct lc_leak *l);

/* "fn (file:line)", "fn (in /path/lib.so)", "lib.so+0x12 (in /path/lib.so)" or "???", of a location in
 * `module` (may be NULL) whose code is at `pc`. */
void lc_text_location(struct lc_out *out, const struct lc_location *l, const struct lc_module *module,
                      uintptr_t pc);

/* So, what the frame with index `frame` is: the function whose frame it is, or what was inlined there innermost. */
void lc_text_frame(struct lc_out *out, const struct lc_findings *f, uint32_t frame, struct lc_namer *namer,
                   bool is_inlined_shown);

/* The module that `address` lies in, NULL when in none. */
const struct lc_module *lc_text_module_at(const struct lc_findings *f, uintptr_t address);

/* What calls main is libc's business: whether a stack ends here for people, at `*function`, which is then put as
 * valgrind puts it. */
bool lc_text_is_end(const char **function);

/* Lines of `text`, escaped, each after `prefix` and `indent`. */
void lc_text_lines(struct lc_out *out, const char *prefix, const char *indent, const char *text);

/* The arguments that the process was started with, a blank before each. */
void lc_text_command(struct lc_out *out, const struct lc_process *process);

/* One line: `prefix`, the text, the end of the line. */
void lc_text_line(struct lc_out *out, const char *prefix, const char *fmt, ...) LC_PRINTF(3, 4);

#endif
