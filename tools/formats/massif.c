/* massif's, for ms_print and massif-visualizer: what was in use at each snapshot of a process, and from where. Each log is
 * a snapshot; so is the one of its end. */
#include "complain.h"
#include "formats/call_tree.h"
#include "mem.h"

#include <stdlib.h>

#define THRESHOLD 100 /* smaller parts of the whole are told as a sum, as massif does below 1 % */

static uint64_t moment_of(const struct lc_findings *f)
{
    const struct lc_process *p = &f->process;
    return f->moment.number ? f->moment.unix_ms - p->start_unix_ms : p->duration_ms;
}

static int by_moment(const void *a, const void *b)
{
    const uint64_t x = moment_of(*(const struct lc_findings *const *)a), y = moment_of(*(const struct lc_findings *const *)b);
    return (x > y) - (x < y);
}

/* Those of one process, by time; or NULL, after a line on stderr. In memory of malloc. */
static const struct lc_findings **snapshots_of(const struct lc_report *r)
{
    const struct lc_findings **all = lc_mem_alloc(r->count, sizeof *all);
    for (size_t i = 0; i < r->count; i++) {
        all[i] = &r->logs[i].findings;
        if (all[i]->process.pid != all[0]->process.pid || all[i]->process.start_unix_ms != all[0]->process.start_unix_ms) {
            lc_complain("%s: of another process than %s; --format=massif takes the snapshots of one (--interval=SECONDS makes them)",
                        r->logs[i].path, r->logs[0].path);
            free(all);
            return NULL;
        }
    }
    qsort(all, r->count, sizeof *all, by_moment);
    return all;
}

static struct lc_call_node *tree_of(const struct lc_report *r, const struct lc_findings *f)
{
    struct lc_call_node *root = lc_call_tree_new();
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        if (l->kind == LC_LEAK_MAPPING)
            continue;
        const struct lc_stack s = lc_stack_in(r, f, &l->site);
        lc_call_tree_add(root, &s, l->bytes);
    }
    lc_call_tree_sort(root);
    return root;
}

/* The line of a node, and below it those of its children, of which the small ones come last, as one. */
static void put_node(struct lc_out *out, const struct lc_call_node *n, const char *text, unsigned depth, uint64_t total)
{
    size_t shown = 0, small = 0;
    uint64_t small_bytes = 0;
    for (const struct lc_call_node *c = n->children; c; c = c->hh.next) {
        const bool is_small = c->bytes < total / THRESHOLD;
        shown += !is_small;
        small += is_small;
        small_bytes += is_small ? c->bytes : 0;
    }
    lc_out_repeat(out, ' ', depth);
    lc_out_fmt(out, "n%zu: %lu %s\n", shown + (small > 0), (unsigned long)n->bytes, text);
    for (const struct lc_call_node *c = n->children; c && shown-- > 0; c = c->hh.next)
        put_node(out, c, c->text, depth + 1, total);
    if (!small)
        return;
    lc_out_repeat(out, ' ', depth + 1);
    lc_out_fmt(out, "n0: %lu in %zu place%s below massif's threshold (1.00%%)\n", (unsigned long)small_bytes, small,
               small == 1 ? "," : "s, all");
}

static void put_snapshot(const struct lc_report *r, const struct lc_findings *f, size_t number, bool is_peak)
{
    struct lc_call_node *tree = tree_of(r, f);
    lc_out_fmt(r->out,
               "#-----------\nsnapshot=%zu\n#-----------\ntime=%lu\nmem_heap_B=%lu\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
               number, (unsigned long)moment_of(f), (unsigned long)tree->bytes,
               tree->bytes == 0 ? "empty" : is_peak ? "peak" : "detailed");
    if (tree->bytes)
        put_node(r->out, tree, "(heap allocation functions) malloc/new/new[], --alloc-fns, etc.", 0, tree->bytes);
    lc_call_tree_free(tree);
}

static size_t highest(const struct lc_findings *const *all, size_t count)
{
    size_t peak = 0;
    for (size_t i = 0; i < count; i++)
        if (all[i]->heap.live_bytes > all[peak]->heap.live_bytes)
            peak = i;
    return peak;
}

static bool print(const struct lc_report *r)
{
    const struct lc_findings **all = snapshots_of(r);
    if (!all)
        return false;
    const size_t peak = highest(all, r->count);
    lc_out_str(r->out, "desc: leakcheck-" LC_VERSION "\ncmd:");
    lc_text_command(r->out, &all[0]->process);
    lc_out_str(r->out, "\ntime_unit: ms\n");
    for (size_t i = 0; i < r->count; i++)
        put_snapshot(r, all[i], i, i == peak);
    free(all);
    return true;
}

const struct lc_formatter lc_formatter_massif = {.print = print};
