#include "log_records.h"

#include "log_crash.h"
#include "log_memory.h"
#include "log_parts.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 256 /* frames of a stack: the most that num-callers can be */

static void add_string(const char *const **array, size_t *count, const char *value)
{
    const char **strings = (const char **)(uintptr_t)*array;
    APPEND(strings, *count, value);
    *array = strings;
}

static void read_process(struct lc_log_reader *r)
{
    struct lc_process *p = &r->f->process;
    p->pid = (pid_t)NUMBER(r, "pid");
    p->ppid = (pid_t)NUMBER(r, "ppid");
    p->is_main = NUMBER(r, "main");
    p->executable = STRING(r, "exe");
    p->directory = STRING(r, "cwd");
    p->start_unix_ms = NUMBER(r, "start-ms");
    p->duration_ms = NUMBER(r, "duration-ms");
    p->end_kind = (enum lc_end_kind)lc_log_word(r, "end", &lc_words_end);
    p->end_value = (int)NUMBER(r, "value");
    r->f->version = STRING(r, "library");
}

static void read_moment(struct lc_log_reader *r)
{
    r->f->moment = (struct lc_moment){.number = NUMBER(r, "number"),
                                      .unix_ms = NUMBER(r, "time-ms"),
                                      .pause_us = NUMBER(r, "pause-us"),
                                      .is_copy = NUMBER(r, "copy")};
}

static void read_argument(struct lc_log_reader *r)
{
    add_string(&r->f->process.arguments, &r->f->process.argument_count, STRING(r, "value"));
}

static void read_test(struct lc_log_reader *r)
{
    r->f->process.test = STRING(r, "name");
}

static void read_option(struct lc_log_reader *r)
{
    add_string(&r->f->options, &r->f->option_count, STRING(r, "value"));
}

static void read_suppressions(struct lc_log_reader *r)
{
    r->f->suppressions = STRING(r, "text");
}

static void read_note(struct lc_log_reader *r)
{
    add_string(&r->f->notes, &r->f->note_count, STRING(r, "text"));
}

/* How many items must stand in for those whose lines are damaged, so that the ids after them are right: a
 * line each, and so never more than there are lines. */
static size_t missing(struct lc_log_reader *r, size_t count)
{
    uint64_t id = NUMBER(r, "id");
    if (!lc_log_is_wrong(r) && id >= count && id < r->line_number)
        return id - count;
    lc_log_line_complain(&r->line, "id= is out of order");
    return 0;
}

static void read_module(struct lc_log_reader *r)
{
    struct lc_module module = {.range = lc_log_range(r),
                               .bias = NUMBER(r, "bias"),
                               .is_closed = NUMBER(r, "closed"),
                               .path = STRING(r, "path"),
                               .build_id = STRING(r, "build-id")};
    size_t gap = missing(r, r->f->module_count);
    if (lc_log_is_wrong(r))
        return;
    if (gap)
        lc_log_line_complain(&r->line, "the one before it is missing");
    while (gap--)
        APPEND(r->f->modules, r->f->module_count,
               (struct lc_module){.path = "", .build_id = "", .is_closed = true});
    APPEND(r->f->modules, r->f->module_count, module);
}

static void push_frame(struct lc_log_reader *r, struct lc_frame frame, uint16_t depth)
{
    size_t count = r->f->frame_count;
    APPEND(r->depth, count, depth);
    APPEND(r->f->frames, r->f->frame_count, frame);
}

static void read_frame(struct lc_log_reader *r)
{
    size_t gap = missing(r, r->f->frame_count);
    struct lc_frame frame = {.module = lc_log_line_id(&r->line, "module", r->f->module_count),
                             .address = NUMBER(r, "address"),
                             .is_exact = NUMBER(r, "exact"),
                             .is_cut = NUMBER(r, "cut")};
    if (lc_log_is_wrong(r))
        return;
    if (gap)
        lc_log_line_complain(&r->line, "the one before it is missing");
    while (gap--)
        push_frame(r, (struct lc_frame){.outer = LC_NONE, .module = LC_NONE, .is_cut = true}, 1);
    frame.outer = lc_log_line_id(&r->line, "outer", r->f->frame_count);
    frame.is_cut |= frame.outer == LC_NONE && lc_log_is_wrong(r);
    uint16_t depth = frame.outer == LC_NONE ? 1 : r->depth[frame.outer] + 1;
    if (depth > DEPTH_MAX) {
        lc_log_line_complain(&r->line, "a stack has more than %d frames", DEPTH_MAX);
        frame.outer = LC_NONE;
        frame.is_cut = true;
        depth = 1;
    }
    push_frame(r, frame, depth);
}

static void read_leak(struct lc_log_reader *r)
{
    struct lc_leak leak = {.kind = (enum lc_leak_kind)lc_log_word(r, "kind", &lc_words_leak),
                           .id = (uint32_t)r->f->leak_count,
                           .bytes = NUMBER(r, "bytes"),
                           .blocks = NUMBER(r, "blocks"),
                           .hanging_bytes = OPTIONAL(r, "hanging-bytes"),
                           .hanging_blocks = OPTIONAL(r, "hanging-blocks"),
                           .cycles = OPTIONAL(r, "cycles"),
                           .vtable = OPTIONAL(r, "vtable"),
                           .site = lc_log_site(r),
                           .has_footprint = lc_log_line_has(&r->line, "resident")};
    if (leak.has_footprint)
        leak.footprint = lc_log_footprint(r);
    if (!lc_log_is_wrong(r))
        APPEND(r->f->leaks, r->f->leak_count, leak);
}

static void read_hanging(struct lc_log_reader *r)
{
    struct lc_hanging_leak hanging = {.leak = lc_log_line_id(&r->line, "leak", r->f->leak_count),
                                      .bytes = NUMBER(r, "bytes"),
                                      .blocks = NUMBER(r, "blocks"),
                                      .site = lc_log_site(r)};
    if (!lc_log_is_wrong(r) && hanging.leak != LC_NONE)
        APPEND(r->f->hanging, r->f->hanging_count, hanging);
}

static void read_step(struct lc_log_reader *r)
{
    struct lc_step step = {.leak = lc_log_line_id(&r->line, "leak", r->f->leak_count),
                           .holder = (enum lc_holder)lc_log_word(r, "holder", &lc_words_holder),
                           .word = NUMBER(r, "word"),
                           .tid = (pid_t)NUMBER(r, "tid"),
                           .name = STRING(r, "name"),
                           .offset = NUMBER(r, "offset"),
                           .size = NUMBER(r, "size"),
                           .site = {"", 0, LC_NONE}};
    if (lc_log_line_has(&r->line, "function"))
        step.site = lc_log_site(r);
    else if (lc_log_line_has(&r->line, "frame"))
        step.site.stack = lc_log_line_id(&r->line, "frame", r->f->frame_count);
    if (!lc_log_is_wrong(r))
        APPEND(r->f->steps, r->f->step_count, step);
}

static void read_heuristic(struct lc_log_reader *r)
{
    const char *name = STRING(r, "name");
    for (unsigned i = 0; i < LC_HEURISTIC_COUNT; i++)
        if (strcmp(name, lc_heuristic_words[i]) == 0)
            r->f->heuristics[i] = (struct lc_heuristic_totals){NUMBER(r, "bytes"), NUMBER(r, "blocks")};
}

static void read_block(struct lc_log_reader *r)
{
    bool has_kind = lc_log_line_has(&r->line, "kind");
    struct lc_block block = {.address = NUMBER(r, "address"),
                             .size = NUMBER(r, "size"),
                             .kind = has_kind ? (enum lc_leak_kind)lc_log_word(r, "kind", &lc_words_leak) : LC_LEAK_UNFREED,
                             .site = lc_log_site(r)};
    if (!lc_log_is_wrong(r))
        APPEND(r->f->blocks, r->f->block_count, block);
}

static void read_blocks(struct lc_log_reader *r)
{
    r->f->has_blocks = true;
    if (NUMBER(r, "count") != r->f->block_count)
        lc_log_line_complain(&r->line, "there are %zu blocks", r->f->block_count);
}

static void read_error(struct lc_log_reader *r)
{
    struct lc_error error = {.kind = (enum lc_error_kind)lc_log_word(r, "kind", &lc_words_error),
                             .count = NUMBER(r, "count"),
                             .address = NUMBER(r, "address"),
                             .size = NUMBER(r, "size"),
                             .site = lc_log_site(r),
                             .origin = {STRING(r, "origin-function"), NUMBER(r, "origin-at"),
                                        lc_log_line_id(&r->line, "origin-stack", r->f->frame_count)}};
    if (!lc_log_is_wrong(r))
        APPEND(r->f->errors, r->f->error_count, error);
}

/* The leaks stand before it; it may count fewer blocks, never more. */
static void read_heap(struct lc_log_reader *r)
{
    uint64_t listed = 0;
    for (size_t i = 0; i < r->f->leak_count; i++)
        listed += r->f->leaks[i].blocks;
    struct lc_heap_totals *h = &r->f->heap;
    h->allocations = NUMBER(r, "allocations");
    h->frees = NUMBER(r, "frees");
    h->bytes = NUMBER(r, "bytes");
    h->live_blocks = NUMBER(r, "live-blocks");
    h->live_bytes = NUMBER(r, "live-bytes");
    h->peak_bytes = NUMBER(r, "peak-bytes");
    if (h->live_blocks > listed)
        lc_log_line_complain(&r->line, "it counts %lu live blocks, the leak lines before it only %lu",
                             (unsigned long)h->live_blocks, (unsigned long)listed);
    r->has_heap = true;
}

static void read_coverage(struct lc_log_reader *r)
{
    struct lc_coverage *c = &r->f->coverage;
    c->dropped = NUMBER(r, "dropped");
    c->unknown_frees = NUMBER(r, "unknown-frees");
    c->early_blocks = NUMBER(r, "early-blocks");
    c->truncated_stacks = NUMBER(r, "truncated-stacks");
    c->unstopped_threads = OPTIONAL(r, "unstopped-threads");
}

static void read_end(struct lc_log_reader *r)
{
    r->has_end = true;
    if (NUMBER(r, "lines") != r->line_number - 1)
        lc_log_line_complain(&r->line, "there are %zu lines before this one", r->line_number - 1);
}

static const struct lc_log_record records[] = {
    {"frame", read_frame},   {"block", read_block},       {"leak", read_leak},
    {"module", read_module}, {"process", read_process},   {"error", read_error}, {"argument", read_argument}, {"test", read_test},
    {"option", read_option}, {"blocks", read_blocks},     {"heap", read_heap},
    {"note", read_note},     {"coverage", read_coverage}, {"end", read_end},   {"hanging", read_hanging},
    {"heuristic", read_heuristic}, {"step", read_step},     {"suppressions", read_suppressions},
    {"moment", read_moment},
};

/* Words that version 1 does not have yet are skipped: that is how it grows. */
void lc_log_record_read(struct lc_log_reader *r, char *text)
{
    r->line_number++;
    lc_log_line_split(&r->line, text);
    bool is_known = lc_log_read_as(r, records, LC_ARRAY_LEN(records)) || lc_log_memory_read(r) || lc_log_crash_read(r);
    r->is_damaged |= is_known && lc_log_is_wrong(r);
}

/* Without the line of totals, what was in use is what was listed. */
static void add_up(struct lc_findings *f)
{
    for (size_t i = 0; i < f->leak_count; i++) {
        if (f->leaks[i].kind == LC_LEAK_MAPPING)
            continue;
        f->heap.live_blocks += f->leaks[i].blocks;
        f->heap.live_bytes += f->leaks[i].bytes;
    }
}

bool lc_log_records_finish(struct lc_log_reader *r)
{
    if (!r->has_heap)
        add_up(r->f);
    if (!r->has_end)
        add_string(&r->f->notes, &r->f->note_count,
                   "this log is incomplete: it is cut off, and what should stand after its last line is missing here");
    if (r->is_damaged)
        add_string(&r->f->notes, &r->f->note_count,
                   "this log is incomplete: lines of it are damaged or missing, and what they said is missing here");
    r->f->is_partial = !r->has_end || r->is_damaged;
    free(r->depth);
    return r->has_end;
}
