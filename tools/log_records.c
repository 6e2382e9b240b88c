#include "log_records.h"

#include "leakcheck/log.h"
#include "mem.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 256 /* frames of a stack: the most that num-callers can be */

#define STRING(r, key) lc_log_line_string(&(r)->line, key)
#define NUMBER(r, key) lc_log_line_number(&(r)->line, key)
#define OPTIONAL(r, key) (lc_log_line_has(&(r)->line, key) ? NUMBER(r, key) : 0)

/* One more item at the end of an array of the findings. */
#define APPEND(array, count, ...) \
    do { \
        (array) = lc_mem_grow((array), (count), sizeof *(array)); \
        (array)[count] = (__VA_ARGS__); \
        (count)++; \
    } while (0)

static bool is_wrong(const struct lc_log_reader *r)
{
    return *r->line.wrong;
}

static int word(struct lc_log_reader *r, const char *key, const struct lc_words *words)
{
    int value = lc_words_find(words, STRING(r, key));
    if (value < 0)
        lc_log_line_complain(&r->line, "%s= is no word of version %d", key, LEAKCHECK_LOG_VERSION);
    return value < 0 ? 0 : value;
}

static struct lc_site site(struct lc_log_reader *r)
{
    return (struct lc_site){STRING(r, "function"), NUMBER(r, "at"),
                            lc_log_line_id(&r->line, "stack", r->f->frame_count)};
}

static struct lc_range range(struct lc_log_reader *r)
{
    struct lc_range range = {NUMBER(r, "start"), NUMBER(r, "end")};
    if (range.end < range.start)
        lc_log_line_complain(&r->line, "end= is before start=");
    return range;
}

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
    p->end_kind = (enum lc_end_kind)word(r, "end", &lc_words_end);
    p->end_value = (int)NUMBER(r, "value");
    r->f->version = STRING(r, "library");
}

static void read_argument(struct lc_log_reader *r)
{
    add_string(&r->f->process.arguments, &r->f->process.argument_count, STRING(r, "value"));
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
    if (!is_wrong(r) && id >= count && id < r->line_number)
        return id - count;
    lc_log_line_complain(&r->line, "id= is out of order");
    return 0;
}

static void read_module(struct lc_log_reader *r)
{
    struct lc_module module = {.range = range(r),
                               .bias = NUMBER(r, "bias"),
                               .is_closed = NUMBER(r, "closed"),
                               .path = STRING(r, "path"),
                               .build_id = STRING(r, "build-id")};
    size_t gap = missing(r, r->f->module_count);
    if (is_wrong(r))
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
    struct lc_frame frame = {.address = NUMBER(r, "address"),
                             .module = lc_log_line_id(&r->line, "module", r->f->module_count),
                             .is_exact = NUMBER(r, "exact"),
                             .is_cut = NUMBER(r, "cut")};
    size_t gap = missing(r, r->f->frame_count);
    if (is_wrong(r))
        return;
    if (gap)
        lc_log_line_complain(&r->line, "the one before it is missing");
    while (gap--)
        push_frame(r, (struct lc_frame){.outer = LC_NONE, .module = LC_NONE, .is_cut = true}, 1);
    frame.outer = lc_log_line_id(&r->line, "outer", r->f->frame_count);
    frame.is_cut |= frame.outer == LC_NONE && is_wrong(r);
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
    struct lc_leak leak = {.kind = (enum lc_leak_kind)word(r, "kind", &lc_words_leak),
                           .site = site(r),
                           .id = (uint32_t)r->f->leak_count,
                           .bytes = NUMBER(r, "bytes"),
                           .blocks = NUMBER(r, "blocks"),
                           .hanging_bytes = OPTIONAL(r, "hanging-bytes"),
                           .hanging_blocks = OPTIONAL(r, "hanging-blocks"),
                           .vtable = OPTIONAL(r, "vtable"),
                           .cycles = OPTIONAL(r, "cycles")};
    if (!is_wrong(r))
        APPEND(r->f->leaks, r->f->leak_count, leak);
}

static void read_hanging(struct lc_log_reader *r)
{
    struct lc_hanging_leak hanging = {.leak = lc_log_line_id(&r->line, "leak", r->f->leak_count),
                                      .bytes = NUMBER(r, "bytes"),
                                      .blocks = NUMBER(r, "blocks"),
                                      .site = site(r)};
    if (!is_wrong(r) && hanging.leak != LC_NONE)
        APPEND(r->f->hanging, r->f->hanging_count, hanging);
}

static void read_step(struct lc_log_reader *r)
{
    struct lc_step step = {.leak = lc_log_line_id(&r->line, "leak", r->f->leak_count),
                           .holder = (enum lc_holder)word(r, "holder", &lc_words_holder),
                           .word = NUMBER(r, "word"),
                           .tid = (pid_t)NUMBER(r, "tid"),
                           .name = STRING(r, "name"),
                           .offset = NUMBER(r, "offset"),
                           .size = NUMBER(r, "size"),
                           .site = {"", 0, LC_NONE}};
    if (lc_log_line_has(&r->line, "function"))
        step.site = site(r);
    else if (lc_log_line_has(&r->line, "frame"))
        step.site.stack = lc_log_line_id(&r->line, "frame", r->f->frame_count);
    if (!is_wrong(r))
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
                             .kind = has_kind ? (enum lc_leak_kind)word(r, "kind", &lc_words_leak) : LC_LEAK_UNFREED,
                             .site = site(r)};
    if (!is_wrong(r))
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
    struct lc_error error = {.kind = (enum lc_error_kind)word(r, "kind", &lc_words_error),
                             .count = NUMBER(r, "count"),
                             .address = NUMBER(r, "address"),
                             .size = NUMBER(r, "size"),
                             .site = site(r),
                             .origin = {STRING(r, "origin-function"), NUMBER(r, "origin-at"),
                                        lc_log_line_id(&r->line, "origin-stack", r->f->frame_count)}};
    if (!is_wrong(r))
        APPEND(r->f->errors, r->f->error_count, error);
}

static void read_residency(struct lc_log_reader *r, struct lc_vm_region *vm)
{
    vm->has_residency = lc_log_line_has(&r->line, "rss");
    if (!vm->has_residency)
        return;
    vm->resident = NUMBER(r, "rss");
    vm->proportional = NUMBER(r, "pss");
    vm->dirty = NUMBER(r, "dirty");
    vm->swapped = NUMBER(r, "swap");
    vm->locked = NUMBER(r, "locked");
    vm->huge = NUMBER(r, "huge");
}

static void read_region(struct lc_log_reader *r)
{
    struct lc_region region = {.vm = {.range = range(r),
                                      .kind = (enum lc_region_kind)word(r, "kind", &lc_words_region),
                                      .offset = NUMBER(r, "offset"),
                                      .name = STRING(r, "name")},
                               .purpose = STRING(r, "purpose"),
                               .site = {"", 0, LC_NONE}};
    const char *permissions = STRING(r, "perm");
    if (strspn(permissions, "rwxps-") == 4 && strlen(permissions) == 4)
        memcpy(region.vm.permissions, permissions, 5);
    else
        lc_log_line_complain(&r->line, "perm= is not like rw-p");
    read_residency(r, &region.vm);
    if (lc_log_line_has(&r->line, "function"))
        region.site = site(r);
    if (!is_wrong(r))
        APPEND(r->f->regions, r->f->region_count, region);
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

static void read_memory(struct lc_log_reader *r)
{
    struct lc_vm_status *m = &r->f->memory;
    r->f->own_bytes = NUMBER(r, "own");
    m->is_known = lc_log_line_has(&r->line, "size");
    if (!m->is_known)
        return;
    m->vm_peak = NUMBER(r, "peak");
    m->vm_size = NUMBER(r, "size");
    m->vm_hwm = NUMBER(r, "hwm");
    m->vm_rss = NUMBER(r, "rss");
    m->rss_anon = NUMBER(r, "rss-anon");
    m->rss_file = NUMBER(r, "rss-file");
    m->rss_shmem = NUMBER(r, "rss-shmem");
    m->vm_data = NUMBER(r, "data");
    m->vm_stk = NUMBER(r, "stack");
    m->vm_exe = NUMBER(r, "exe");
    m->vm_lib = NUMBER(r, "lib");
    m->vm_pte = NUMBER(r, "pte");
    m->vm_swap = NUMBER(r, "swap");
    m->vm_lck = NUMBER(r, "locked");
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

static const struct {
    const char *word;
    void (*read)(struct lc_log_reader *r);
} records[] = {
    {"frame", read_frame},   {"block", read_block},       {"leak", read_leak},   {"region", read_region},
    {"module", read_module}, {"process", read_process},   {"error", read_error}, {"argument", read_argument},
    {"option", read_option}, {"blocks", read_blocks},     {"heap", read_heap},   {"memory", read_memory},
    {"note", read_note},     {"coverage", read_coverage}, {"end", read_end},   {"hanging", read_hanging},
    {"heuristic", read_heuristic}, {"step", read_step},     {"suppressions", read_suppressions},
};

/* Words that version 1 does not have yet are skipped: that is how it grows. */
void lc_log_record_read(struct lc_log_reader *r, char *text)
{
    r->line_number++;
    lc_log_line_split(&r->line, text);
    for (size_t i = 0; i < LC_ARRAY_LEN(records); i++) {
        if (strcmp(records[i].word, r->line.word) == 0) {
            records[i].read(r);
            r->is_damaged |= is_wrong(r);
            return;
        }
    }
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
