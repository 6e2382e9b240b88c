#include "report/leaks.h"

#include "base/arena.h"
#include "base/sys.h"
#include "base/hash.h"
#include "record/depot.h"
#include "record/heap.h"
#include "record/site.h"
#include "report/examples.h"
#include "report/footprints.h"

#include <errno.h>

/* Leaks by kind, function and stack: open addressing, in a table of indexes that is twice as large as there can
 * be leaks. */
struct key {
    uint64_t stack; /* its number; or what its first frames are, where more are not asked for */
    uint32_t function, kind;
};

struct work {
    struct lc_leaks *l;
    struct key *keys;   /* parallel to the leaks */
    uint32_t *places;   /* index + 1, 0 for none */
    size_t place_count; /* a power of two */
    size_t leak_capacity;
    uint32_t *leak_of; /* by site and class: the leak that it is part of, + 1 */
    size_t block_capacity;
    bool is_full;
};

/* As valgrind counts: the allocation function is one of the frames. */
static uint32_t cut_stack(const struct lc_options *o, uint32_t stack)
{
    return lc_depot_cut(stack, o->num_callers > 1 ? o->num_callers - 1 : 1);
}

struct lc_site lc_leaks_site(const struct lc_collect_input *in, uint32_t stack, enum lc_function f)
{
    return (struct lc_site){lc_function_name(f), in->function_addresses[f], cut_stack(in->options, stack)};
}

static bool is_left_out(const struct lc_leaks *l, uint32_t site)
{
    uint32_t stack = lc_site_get(site).stack;
    if (site < l->in->inherited_sites)
        return true;
    if (lc_site_is_ignored(lc_site_get(site)) || (l->is_scanned && lc_scan_is_runtime(site, l->in->scan->loader)))
        return true;
    return stack != LC_DEPOT_NONE && lc_range_has(l->in->not_leaks, lc_depot_get(stack)->address & LC_DEPOT_ADDRESS);
}

/* As valgrind counts: the allocation function is one of the frames. */
static unsigned frames_compared(const struct lc_options *o)
{
    return o->leak_resolution == LC_RESOLUTION_LOW ? 1 : o->leak_resolution == LC_RESOLUTION_MED ? 3 : 0;
}

static uint64_t stack_key(const struct lc_leaks *l, uint32_t stack)
{
    unsigned frames = frames_compared(l->in->options);
    uint64_t key = 0;
    if (!frames)
        return cut_stack(l->in->options, stack);
    for (; frames && stack != LC_DEPOT_NONE; frames--, stack = lc_depot_get(stack)->outer)
        key = lc_hash_mix(key, lc_depot_get(stack)->address & LC_DEPOT_ADDRESS);
    return key;
}

/* Room for `most` leaks. */
static void make_room(struct work *w, size_t most)
{
    w->leak_capacity = most;
    for (w->place_count = 1; w->place_count < 2 * most;)
        w->place_count *= 2;
    w->l->out->leaks = lc_pages_map_now(most * sizeof w->l->out->leaks[0] + 1, "report");
    w->keys = lc_pages_map_now(most * sizeof w->keys[0] + 1, "report");
    w->places = lc_pages_map_now(w->place_count * sizeof w->places[0], "report");
    if (w->l->out->leaks && w->keys && w->places)
        return;
    w->leak_capacity = 0;
    w->is_full = true;
}

static void free_room(struct work *w)
{
    if (w->leak_of)
        lc_pages_unmap(w->leak_of, w->l->scan.site_count * LC_CLASS_COUNT * sizeof w->leak_of[0] + 1);
    if (w->keys)
        lc_pages_unmap(w->keys, w->leak_capacity * sizeof w->keys[0] + 1);
    if (w->places)
        lc_pages_unmap(w->places, w->place_count * sizeof w->places[0]);
}

/* Numbers of stacks are spread out as they are, and sites come in about their order: neighbours are in the cache. */
static uint64_t place_of(const struct work *w, struct key key)
{
    uint64_t rest = (uint64_t)key.function << 32 | key.kind;
    return frames_compared(w->l->in->options) ? lc_hash_mix(key.stack, rest) : key.stack + lc_hash_mix(0, rest);
}

static struct lc_leak *leak_of(struct work *w, enum lc_leak_kind kind, uint32_t stack, enum lc_function function)
{
    struct lc_findings *out = w->l->out;
    if (!w->leak_capacity)
        return NULL;
    const struct key key = {stack_key(w->l, stack), function, kind};
    size_t place = place_of(w, key) & (w->place_count - 1);
    for (; w->places[place]; place = (place + 1) & (w->place_count - 1)) {
        const struct key *k = &w->keys[w->places[place] - 1];
        if (k->stack == key.stack && k->function == key.function && k->kind == key.kind)
            return &out->leaks[w->places[place] - 1];
    }
    if (out->leak_count == w->leak_capacity) {
        w->is_full = true;
        return NULL;
    }
    uint32_t id = (uint32_t)out->leak_count++;
    w->places[place] = id + 1;
    w->keys[id] = key;
    out->leaks[id] = (struct lc_leak){.kind = kind, .id = id, .site = lc_leaks_site(w->l->in, stack, function)};
    return &out->leaks[id];
}

static struct lc_leak *add_blocks(struct work *w, enum lc_leak_kind kind, uint32_t site, uint64_t blocks)
{
    struct lc_site_key key = lc_site_get(site);
    struct lc_leak *leak = leak_of(w, kind, key.stack, lc_site_function(key));
    if (!leak)
        return NULL;
    leak->blocks += blocks;
    leak->bytes += blocks * key.size;
    return leak;
}

static enum lc_leak_kind kind_of(enum lc_class class)
{
    switch (class) {
    case LC_CLASS_DEFINITE:
        return LC_LEAK_DEFINITE;
    case LC_CLASS_INDIRECT:
        return LC_LEAK_INDIRECT;
    case LC_CLASS_POSSIBLE:
        return LC_LEAK_POSSIBLE;
    case LC_CLASS_TAGGED:
        return LC_LEAK_TAGGED;
    case LC_CLASS_SUPPRESSED:
        return LC_LEAK_SUPPRESSED;
    case LC_CLASS_REACHABLE:
    case LC_CLASS_COUNT:
        break;
    }
    return LC_LEAK_REACHABLE;
}

static void add_site(struct work *w, uint32_t site)
{
    const struct lc_site_tally *t = &w->l->scan.sites[site];
    bool is_out = is_left_out(w->l, site);
    for (unsigned class = 0; class < LC_CLASS_COUNT; class++) {
        if (!t->blocks[class])
            continue;
        if (is_out) {
            w->l->left_out += t->blocks[class];
            continue;
        }
        w->block_capacity += t->blocks[class];
        struct lc_leak *leak = add_blocks(w, kind_of((enum lc_class)class), site, t->blocks[class]);
        if (leak && w->leak_of)
            w->leak_of[(size_t)site * LC_CLASS_COUNT + class] = leak->id + 1;
        if (!leak || class != LC_CLASS_DEFINITE)
            continue;
        leak->hanging_blocks += t->hanging_blocks;
        leak->hanging_bytes += t->hanging_bytes;
        leak->cycles += t->cycles;
    }
}

static void add_mapping(struct work *w, const struct lc_lost_mapping *m)
{
    struct lc_leak *leak = leak_of(w, m->is_suppressed ? LC_LEAK_SUPPRESSED : LC_LEAK_MAPPING, m->stack, m->function);
    if (!leak)
        return;
    leak->blocks++;
    leak->bytes += lc_range_size(m->range);
    lc_footprints_add_mapping(w->l, leak, m->range);
    leak->hanging_blocks += m->hanging_blocks;
    leak->hanging_bytes += m->hanging_bytes;
}

static void lay_out_tree(struct work *w)
{
    const struct lc_scan_result *scan = &w->l->scan;
    struct lc_findings *out = w->l->out;
    if (!scan->hanging_count || !w->leak_of)
        return;
    out->hanging = lc_pages_map(scan->hanging_count * sizeof out->hanging[0], "report");
    w->is_full |= !out->hanging;
    for (size_t i = 0; i < scan->hanging_count && out->hanging; i++) {
        const struct lc_hanging *h = &scan->hanging[i];
        struct lc_site_key key = lc_site_get(h->site);
        uint32_t leak = w->leak_of[(size_t)h->leader * LC_CLASS_COUNT + LC_CLASS_DEFINITE];
        if (leak)
            out->hanging[out->hanging_count++] =
                (struct lc_hanging_leak){.leak = leak - 1,
                                         .bytes = h->blocks * key.size,
                                         .blocks = h->blocks,
                                         .site = lc_leaks_site(w->l->in, key.stack, lc_site_function(key))};
    }
}

static void list_block(struct work *w, uintptr_t address, uint32_t site, enum lc_leak_kind kind)
{
    struct lc_findings *out = w->l->out;
    if (out->block_count == w->block_capacity || is_left_out(w->l, site))
        return;
    struct lc_site_key key = lc_site_get(site);
    out->blocks[out->block_count++] =
        (struct lc_block){address, key.size, kind, lc_leaks_site(w->l->in, key.stack, lc_site_function(key))};
}

static void list_scanned(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct work *w = context;
    uint32_t site = lc_blocks_site(&w->l->scan.blocks, ref);
    if (site != LC_SITE_NONE)
        list_block(w, lc_blocks_range(&w->l->scan.blocks, ref).start, site, kind_of(lc_scan_class(*mark)));
}

static enum lc_leak_kind unscanned_kind(const struct lc_leaks *l, uint32_t site)
{
    struct lc_site_key key = lc_site_get(site);
    bool is_suppressed = l->suppressed.stacks && lc_suppressed_has(&l->suppressed, key.stack, lc_site_function(key));
    return is_suppressed ? LC_LEAK_SUPPRESSED : LC_LEAK_UNFREED;
}

static void list_unscanned(void *context, uintptr_t address, uint32_t site)
{
    const struct work *w = context;
    list_block(context, address, site, unscanned_kind(w->l, site));
}

static void list_blocks(struct work *w)
{
    const struct lc_options *o = w->l->in->options;
    struct lc_findings *out = w->l->out;
    if (!o->show_blocks && o->format != LC_FORMAT_MTRACE)
        return;
    out->blocks = lc_pages_map(w->block_capacity * sizeof out->blocks[0] + 1, "report");
    out->has_blocks = out->blocks;
    w->is_full |= !out->blocks;
    if (out->blocks && w->l->is_scanned)
        lc_blocks_each(&w->l->scan.blocks, list_scanned, w);
    else if (out->blocks)
        lc_heap_each(list_unscanned, w);
}

static int scan(struct lc_scan_result *out, const struct lc_options *options, const struct lc_collect_scan *s,
                const struct lc_regions *regions, const struct lc_suppressed *suppressed)
{
    const struct lc_scan_input input = {
        .options = options,
        .world = &s->world,
        .self = &s->self,
        .regions = regions->snapshot.regions,
        .region_count = regions->snapshot.count,
        .residency = &regions->residency,
        .hints = &regions->hints,
        .libc = s->libc,
        .loader = s->loader,
        .allocator = s->allocator,
        .early = s->early,
        .is_suppressed = suppressed->stacks ? lc_suppressed_has : NULL,
        .suppressed = suppressed,
    };
    return lc_scan(out, &input);
}

static void add_up(struct lc_leak_totals *out, const struct lc_scan_result *s)
{
    for (uint32_t i = 0; i < s->site_count; i++)
        for (unsigned class = 0; class < LC_CLASS_COUNT; class++) {
            enum lc_leak_kind kind = kind_of((enum lc_class)class);
            out->blocks[kind] += s->sites[i].blocks[class];
            out->bytes[kind] += s->sites[i].blocks[class] * lc_site_get(i).size;
        }
    for (size_t i = 0; i < s->mapping_count; i++) {
        enum lc_leak_kind kind = s->mappings[i].is_suppressed ? LC_LEAK_SUPPRESSED : LC_LEAK_MAPPING;
        out->blocks[kind]++;
        out->bytes[kind] += lc_range_size(s->mappings[i].range);
    }
}

int lc_leaks_count(const struct lc_options *options, struct lc_collect_scan *s, const struct lc_suppressions *rules,
                   struct lc_leak_totals *out)
{
    struct lc_regions regions;
    struct lc_scan_result result;
    *out = (struct lc_leak_totals){0};
    struct lc_suppressed suppressed = {0};
    int rc = lc_suppressed_find(&suppressed, rules);
    if (rc == 0)
        rc = lc_regions_read(&regions, &s->world, 0, false);
    if (rc == 0) {
        rc = scan(&result, options, s, &regions, &suppressed);
        lc_residency_put_back(&regions.residency);
        lc_regions_release(&regions);
    }
    lc_suppressed_release(&suppressed);
    lc_world_resume(&s->world);
    if (rc < 0)
        return rc;
    add_up(out, &result);
    lc_scan_release(&result);
    return 0;
}

static void collect_scanned(struct work *w)
{
    const struct lc_scan_result *s = &w->l->scan;
    w->leak_of = lc_pages_map(s->site_count * LC_CLASS_COUNT * sizeof w->leak_of[0] + 1, "report");
    size_t most = s->mapping_count;
    for (uint32_t i = 0; i < s->site_count; i++)
        for (unsigned class = 0; class < LC_CLASS_COUNT; class++)
            most += s->sites[i].blocks[class] > 0;
    make_room(w, most);
    for (uint32_t i = 0; i < s->site_count; i++)
        add_site(w, i);
    for (size_t i = 0; i < s->mapping_count; i++)
        add_mapping(w, &s->mappings[i]);
    for (unsigned i = 0; i < LC_HEURISTIC_COUNT; i++)
        w->l->out->heuristics[i] = (struct lc_heuristic_totals){s->heuristic_bytes[i], s->heuristic_blocks[i]};
    w->l->left_out += s->runtime_blocks + s->ignored_blocks;
}

struct counter {
    uint64_t *blocks; /* by site */
    uint32_t count;
};

static void count_block(void *context, uintptr_t address, uint32_t site)
{
    const struct counter *c = context;
    (void)address;
    if (site < c->count)
        c->blocks[site]++;
}

/* Without a scan: each block that nobody freed. */
static void collect_unscanned(struct work *w)
{
    struct counter c = {.count = lc_site_count()};
    c.blocks = lc_pages_map(c.count * sizeof c.blocks[0] + 1, "report");
    w->is_full |= !c.blocks;
    if (c.blocks)
        lc_heap_each(count_block, &c);
    make_room(w, c.count);
    for (uint32_t i = 0; c.blocks && i < c.count; i++) {
        if (!c.blocks[i])
            continue;
        if (is_left_out(w->l, i)) {
            w->l->left_out += c.blocks[i];
            continue;
        }
        w->block_capacity += c.blocks[i];
        add_blocks(w, unscanned_kind(w->l, i), i, c.blocks[i]);
    }
}

int lc_leaks_collect(struct lc_leaks *l)
{
    struct work w = {.l = l};
    w.is_full = lc_suppressed_find(&l->suppressed, l->in->rules) < 0;
    l->is_scanned = l->in->scan && l->regions->snapshot.count &&
                    scan(&l->scan, l->in->options, l->in->scan, l->regions, &l->suppressed) == 0;
    if (l->is_scanned)
        collect_scanned(&w);
    else
        collect_unscanned(&w);
    lay_out_tree(&w);
    list_blocks(&w);
    if (l->is_scanned && w.leak_of)
        lc_footprints_collect(l, w.leak_of);
    if (l->is_scanned && w.leak_of)
        lc_examples_collect(l, w.leak_of);
    lc_residency_put_back(&l->regions->residency);
    free_room(&w);
    lc_suppressed_release(&l->suppressed);
    return w.is_full ? -ENOMEM : 0;
}
