#include "report/collect.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "record/depot.h"
#include "record/errors.h"
#include "record/modules.h"
#include "record/thread.h"
#include "report/crash.h"
#include "report/leaks.h"
#include "report/module_list.h"
#include "report/module_sizes.h"
#include "vm/status.h"

#include <errno.h>
#include <string.h>

#define NOTES_MAX 32

struct collector {
    const struct lc_collect_input *in;
    struct lc_findings *out;
    struct lc_regions regions;
    struct lc_leaks leaks;
    uint32_t *frame_of; /* by depot number: index in out->frames + 1; 0: not needed */
    uint32_t own_module; /* ours, in modules.h */
    const char *notes[NOTES_MAX];
};

static void add_note(struct collector *c, const char *text)
{
    if (c->out->note_count < NOTES_MAX)
        c->notes[c->out->note_count++] = text;
}

static void *array(struct collector *c, size_t count, size_t size)
{
    void *p = lc_pages_map(count * size + 1, "report");
    if (!p)
        add_note(c, "there was no memory for a part of this report");
    return p;
}

/* A depot number becomes an index of out->frames once lay_out_frames() has run. */
static struct lc_site site_of(const struct collector *c, uint32_t stack, enum lc_function f)
{
    return lc_leaks_site(c->in, stack, f);
}

static const struct lc_site no_site = {"", 0, LC_NONE};

/* The other threads go on as soon as nothing of the heap is asked any more. */
static void collect_leaks(struct collector *c)
{
    struct lc_collect_scan *scan = c->in->scan;
    c->leaks = (struct lc_leaks){.in = c->in, .regions = &c->regions, .out = c->out};
    int rc = lc_leaks_collect(&c->leaks);
    if (c->in->death && c->in->options->crash_report)
        lc_crash_collect(c->out, &c->leaks, c->in->death, &c->in->death_thread);
    if (scan)
        c->out->coverage.unstopped_threads = lc_world_unstopped(&scan->world);
    if (scan && !scan->is_last && !c->in->is_copy)
        lc_world_resume(&scan->world);
    if (rc == -ENOMEM)
        add_note(c, "there was no memory for a part of this report");
    if (scan && !c->leaks.is_scanned)
        add_note(c, "which blocks are lost could not be found out: all that were not freed are listed");
}

static void count_error(void *context, const struct lc_error_record *e)
{
    (void)e;
    ++*(size_t *)context;
}

static enum lc_error_kind error_kind(enum lc_wrong_free kind)
{
    switch (kind) {
    case LC_FREE_MISMATCHED:
        return LC_ERROR_MISMATCHED_FREE;
    case LC_FREE_TWICE:
        return LC_ERROR_DOUBLE_FREE;
    case LC_FREE_UNKNOWN:
        break;
    }
    return LC_ERROR_INVALID_FREE;
}

struct error_sink {
    struct collector *c;
    size_t capacity;
};

static void collect_error(void *context, const struct lc_error_record *e)
{
    struct error_sink *sink = context;
    struct lc_findings *out = sink->c->out;
    if (out->error_count == sink->capacity)
        return;
    struct lc_error *to = &out->errors[out->error_count++];
    *to = (struct lc_error){
        .kind = error_kind(e->kind),
        .count = e->count,
        .address = e->address,
        .site = site_of(sink->c, e->stack, e->function),
        .origin = no_site,
    };
    if (e->origin == LC_SITE_NONE)
        return;
    struct lc_site_key origin = lc_site_get(e->origin);
    to->size = origin.size;
    to->origin = site_of(sink->c, origin.stack, lc_site_function(origin));
}

static void collect_errors(struct collector *c)
{
    struct error_sink sink = {c, 0};
    lc_errors_each(count_error, &sink.capacity);
    c->out->errors = sink.capacity ? array(c, sink.capacity, sizeof c->out->errors[0]) : NULL;
    if (c->out->errors)
        lc_errors_each(collect_error, &sink);
}

static void collect_regions(struct collector *c)
{
    static char why[128];
    pid_t original = c->in->is_copy ? c->in->process.pid : 0;
    int rc = lc_regions_read(&c->regions, c->in->scan ? &c->in->scan->world : NULL, original, c->in->needs_memory);
    if (rc == 0)
        rc = lc_regions_collect(c->out, c->in->function_addresses, &c->regions);
    if (rc == 0 && c->in->needs_memory && !c->regions.snapshot.has_residency)
        add_note(c, "/proc/self/smaps can't be read: what of the regions is dirty, shared, locked or in huge pages is not known");
    if (rc == 0 && c->in->needs_memory && !c->regions.residency.is_swap_told)
        add_note(c, "/proc/self/pagemap can't be read: which pages of a leak are in swap is not known");
    if (rc == 0)
        return;
    lc_format(why, sizeof why, "the memory map is missing: /proc/self/smaps and maps can't be read (%s)", strerrordesc_np(-rc));
    add_note(c, why);
}

/* Marks the frames from `stack` outwards. */
static void need_stack(struct collector *c, uint32_t stack)
{
    while (stack != LC_DEPOT_NONE && !c->frame_of[stack]) {
        c->frame_of[stack] = 1;
        stack = lc_depot_get(stack)->outer;
    }
}

static void for_each_site(struct lc_findings *f, void (*visit)(struct collector *, struct lc_site *), struct collector *c)
{
    for (size_t i = 0; i < f->leak_count; i++)
        visit(c, &f->leaks[i].site);
    for (size_t i = 0; i < f->hanging_count; i++)
        visit(c, &f->hanging[i].site);
    for (size_t i = 0; i < f->step_count; i++)
        visit(c, &f->steps[i].site);
    for (size_t i = 0; i < f->block_count; i++)
        visit(c, &f->blocks[i].site);
    for (size_t i = 0; i < f->error_count; i++) {
        visit(c, &f->errors[i].site);
        visit(c, &f->errors[i].origin);
    }
    for (size_t i = 0; i < f->region_count; i++)
        visit(c, &f->regions[i].site);
    for (size_t i = 0; i < f->crash.place_count; i++)
        visit(c, &f->crash.places[i].site);
    struct lc_site crash = {"", 0, f->crash.is_known ? f->crash.stack : LC_NONE};
    visit(c, &crash);
    f->crash.stack = crash.stack;
}

static void need_site(struct collector *c, struct lc_site *site)
{
    need_stack(c, site->stack);
}

static void renumber_site(struct collector *c, struct lc_site *site)
{
    if (site->stack != LC_DEPOT_NONE)
        site->stack = c->frame_of[site->stack] - 1;
}

static void lose_stack(struct collector *c, struct lc_site *site)
{
    (void)c;
    site->stack = LC_NONE;
}

static struct lc_frame frame_from(const struct collector *c, const struct lc_depot_frame *from)
{
    return (struct lc_frame){
        .address = from->address & LC_DEPOT_ADDRESS,
        .outer = from->outer == LC_DEPOT_NONE ? LC_NONE : c->frame_of[from->outer] - 1,
        .module = from->module == UINT32_MAX ? LC_NONE : from->module,
        .is_exact = from->address & LC_DEPOT_EXACT,
        .is_cut = from->address & LC_DEPOT_CUT,
    };
}

static bool is_door(const struct collector *c, const struct lc_depot_frame *f)
{
    return f->module == c->own_module && c->own_module != UINT32_MAX;
}

/* Only the frames that something names, in the depot's order: outer ones come first there. */
static void lay_out_frames(struct collector *c)
{
    uint32_t count = lc_depot_count();
    bool is_asked = c->in->needs_stacks || c->out->error_count || c->out->step_count || c->out->crash.is_known;
    c->frame_of = is_asked ? array(c, count, sizeof c->frame_of[0]) : NULL;
    if (!c->frame_of) {
        for_each_site(c->out, lose_stack, c);
        return;
    }
    for_each_site(c->out, need_site, c);
    size_t needed = 0;
    for (uint32_t i = 0; i < count; i++)
        needed += c->frame_of[i];
    c->out->frames = lc_pages_map_now(needed * sizeof c->out->frames[0] + 1, "report");
    if (!c->out->frames)
        add_note(c, "there was no memory for the stacks of this report");
    for (uint32_t i = 0; c->out->frames && i < count; i++) {
        const struct lc_depot_frame *f = lc_depot_get(i);
        if (!c->frame_of[i])
            continue;
        if (is_door(c, f)) { /* of dlclose, quick_exit: the program has called the real one */
            c->frame_of[i] = f->outer == LC_DEPOT_NONE ? 0 : c->frame_of[f->outer];
            continue;
        }
        c->out->frames[c->out->frame_count] = frame_from(c, f);
        c->frame_of[i] = (uint32_t)++c->out->frame_count;
    }
    for_each_site(c->out, c->out->frames ? renumber_site : lose_stack, c);
}

static void collect_modules(struct collector *c)
{
    c->out->modules = lc_module_list_make(&c->out->module_count);
    if (!c->out->modules)
        add_note(c, "there was no memory for a part of this report");
}

static void collect_options(struct collector *c)
{
    char item[LC_OPTION_TEXT_MAX];
    size_t count = 0;
    while (lc_options_changed(c->in->options, count, item, sizeof item))
        count++;
    const char **list = array(c, count, sizeof *list);
    c->out->options = list;
    for (size_t i = 0; list && i < count; i++) {
        lc_options_changed(c->in->options, i, item, sizeof item);
        const char *copy = lc_pool_strdup(item);
        list[i] = copy ? copy : "";
        c->out->option_count++;
    }
}

static void collect_totals(struct collector *c)
{
    struct lc_counters n = lc_thread_totals();
    struct lc_findings *f = c->out;
    f->heap = (struct lc_heap_totals){
        .allocations = n.allocations, .frees = n.frees + c->leaks.left_out, .bytes = n.bytes, .peak_bytes = lc_thread_peak_bytes()};
    for (size_t i = 0; i < f->leak_count; i++) {
        if (f->leaks[i].kind == LC_LEAK_MAPPING)
            continue;
        f->heap.live_blocks += f->leaks[i].blocks;
        f->heap.live_bytes += f->leaks[i].bytes;
    }
    f->coverage.dropped = n.dropped;
    f->coverage.unknown_frees = n.unknown_frees;
    f->coverage.early_blocks = c->in->early_blocks;
    f->coverage.truncated_stacks = n.truncated_stacks;
    f->memory = c->regions.status;
    f->own_bytes = c->regions.own_bytes;
}

static void collect_details(struct collector *c)
{
    static struct lc_vm_fact facts[LC_FACTS_MAX];
    if (!c->in->needs_details)
        return;
    c->out->facts = facts;
    c->out->fact_count = lc_vm_facts_read(0, facts, LC_FACTS_MAX);
    lc_module_sizes_collect(c->out);
}

void lc_collect(struct lc_findings *out, const struct lc_collect_input *in)
{
    static struct collector c;
    c = (struct collector){.in = in, .out = out, .own_module = lc_modules_at(in->function_addresses[0])};
    *out = (struct lc_findings){.process = in->process, .version = LC_VERSION, .suppressions = in->suppressions, .notes = c.notes};
    for (size_t i = 0; i < in->note_count; i++)
        add_note(&c, in->notes[i]);
    collect_regions(&c); /* first: what follows takes memory */
    collect_leaks(&c);
    collect_errors(&c);
    lay_out_frames(&c);
    collect_modules(&c);
    collect_options(&c);
    collect_totals(&c);
    collect_details(&c);
}
