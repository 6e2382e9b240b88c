#include "scan/scan.h"

#include "base/arena.h"
#include "record/depot.h"
#include "record/hash_table.h"
#include "record/site.h"
#include "scan/classify.h"
#include "scan/roots.h"
#include "scan/trail.h"
#include "scan/user_roots.h"

#include <errno.h>

/* The list of blocks to be scanned is this part of the index's marks at most: what does not fit is found again. */
#define LIST_BYTES_MIN ((size_t)1 << 20)
#define LIST_PART 64 /* of the heap's span in regions */

struct tree_node {
    struct {
        uint32_t leader, site;
    } key;
    uint64_t blocks;
    UT_hash_handle hh;
};

/* What the questions after the scan need. */
struct lc_scan_kept {
    struct lc_roots roots;
    struct lc_trail trail;
    struct lc_frames frames;
    bool has_trail;
};

/* Blocks of a site that is nobody's leak: they hold what they point to. Suppressed ones are counted all the same. */
enum { FINDING, RUNTIME, IGNORED, SUPPRESSED };

struct scan {
    const struct lc_scan_input *in;
    struct lc_scan_result *out;
    struct lc_marker marker;
    struct tree_node *tree;
    uint8_t *held;  /* by site: FINDING, or why its blocks are none */
    bool has_held; /* any of them */
};

enum lc_class lc_scan_class(uint8_t mark)
{
    switch (mark & LC_MARK_CLASS) {
    case LC_REACHABLE:
        return lc_mark_is_suppressed(mark) ? LC_CLASS_SUPPRESSED : LC_CLASS_REACHABLE;
    case LC_POSSIBLE:
        return mark & LC_MARK_TAGGED && !(mark & LC_MARK_INTERIOR) ? LC_CLASS_TAGGED : LC_CLASS_POSSIBLE;
    case LC_INDIRECT:
        return LC_CLASS_INDIRECT;
    default:
        return LC_CLASS_DEFINITE;
    }
}

bool lc_scan_is_runtime(uint32_t site, struct lc_range loader)
{
    uint32_t stack = lc_site_get(site).stack;
    return stack != LC_DEPOT_NONE && lc_range_has(loader, (lc_depot_get(stack)->address & LC_DEPOT_ADDRESS) - 1);
}

static uint8_t held_as(const struct scan *s, uint32_t site)
{
    return s->has_held && site < s->out->site_count ? s->held[site] : FINDING;
}

static bool is_finding(const struct scan *s, uint32_t site)
{
    uint8_t held = held_as(s, site);
    return held == FINDING || held == SUPPRESSED;
}

static bool is_suppressed(const struct scan *s, uint32_t stack, enum lc_function f)
{
    return s->in->is_suppressed && s->in->is_suppressed(s->in->suppressed, stack, f);
}

static uint8_t how_held(const struct scan *s, uint32_t site)
{
    struct lc_site_key key = lc_site_get(site);
    if (lc_site_is_ignored(key))
        return IGNORED;
    if (lc_scan_is_runtime(site, s->in->loader))
        return RUNTIME;
    return is_suppressed(s, key.stack, lc_site_function(key)) ? SUPPRESSED : FINDING;
}

static int index_blocks(struct scan *s)
{
    struct lc_extra *mappings = NULL;
    size_t count = 0;
    int rc = lc_roots_mappings(s->in, &mappings, &count);
    if (rc == 0)
        rc = lc_blocks_init(&s->out->blocks, mappings, count);
    if (mappings)
        lc_pages_unmap(mappings, (count + 1) * sizeof *mappings);
    return rc;
}

static int make_tallies(struct scan *s)
{
    struct lc_scan_result *out = s->out;
    out->site_count = lc_site_count();
    out->sites = lc_pages_map((out->site_count + 1) * sizeof out->sites[0], "scan");
    out->mappings = lc_pages_map((out->blocks.extra_count + 1) * sizeof out->mappings[0], "scan");
    s->held = lc_pages_map(out->site_count + 1, "scan");
    if (!out->sites || !out->mappings || !s->held)
        return -ENOMEM;
    for (uint32_t i = 0; i < out->site_count; i++) {
        s->held[i] = how_held(s, i);
        s->has_held |= s->held[i] != FINDING;
    }
    return 0;
}

static void hold_block(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct scan *s = context;
    uint8_t held = held_as(s, lc_blocks_site(&s->out->blocks, ref));
    if (held == IGNORED || (held == RUNTIME && s->in->options->use_tls))
        lc_marker_hold(&s->marker, ref);
    else if (held == RUNTIME) /* no leader either */
        *mark = (uint8_t)((*mark & ~LC_MARK_CLASS) | LC_REACHABLE);
}

/* Unless something else holds it. */
static void hold_suppressed(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct scan *s = context;
    uint32_t site = lc_blocks_site(&s->out->blocks, ref);
    const struct lc_extra *mapping = site == LC_SITE_NONE ? &s->out->blocks.extras[ref & ~LC_EXTRA_BIT] : NULL;
    if (mapping ? is_suppressed(s, mapping->stack, mapping->function) : held_as(s, site) == SUPPRESSED)
        lc_marker_hold(&s->marker, ref);
    (void)mark;
}

static void hold_stacks(struct scan *s)
{
    for (size_t i = 0; i < s->out->blocks.extra_count; i++)
        if (s->out->blocks.extras[i].is_opaque)
            lc_marker_hold(&s->marker, LC_EXTRA_BIT | i);
}

/* A mapping that the program named as a root, or part of it, is in use by its own word. */
static void hold_registered(struct scan *s)
{
    struct lc_range root;
    for (size_t n = 0; lc_user_roots_get(n, &root); n++)
        for (size_t i = 0; i < s->out->blocks.extra_count; i++) {
            const struct lc_extra *e = &s->out->blocks.extras[i];
            if (e->site == LC_SITE_NONE && e->range.start < root.end && root.start < e->range.end)
                lc_marker_hold(&s->marker, LC_EXTRA_BIT | i);
        }
}

static int mark_from_roots(struct scan *s)
{
    s->marker = (struct lc_marker){
        .blocks = &s->out->blocks,
        .residency = s->in->residency,
        .segments = {s->in->regions, s->in->region_count},
        .heuristics = s->in->options->leak_check_heuristics,
        .phase = LC_PHASE_REACH,
        .is_guarded = lc_world_unstopped(s->in->world) > 0,
    };
    size_t most = LIST_BYTES_MIN + s->out->blocks.region_count * (LC_BLOCKS_REGION_SIZE / LIST_PART);
    int rc = lc_marker_init(&s->marker, most);
    if (rc == 0 && (s->in->options->show_root_path || s->in->options->why[0])) {
        rc = lc_trail_init(&s->out->kept->trail, &s->out->blocks);
        s->out->kept->has_trail = rc == 0;
        s->marker.trail = rc == 0 ? &s->out->kept->trail : NULL;
        lc_frames_find(&s->out->kept->frames, s->in->self, s->in->world);
    }
    if (rc < 0)
        return rc;
    lc_roots_mark(&s->out->kept->roots, &s->marker);
    if (s->has_held)
        lc_blocks_each(&s->out->blocks, hold_block, s);
    hold_stacks(s);
    if (s->in->options->use_root_regions)
        hold_registered(s);
    s->marker.is_suppressing = true;
    if (s->in->is_suppressed)
        lc_blocks_each(&s->out->blocks, hold_suppressed, s);
    return 0;
}

static struct lc_lost_mapping *lost_mapping(struct scan *s, lc_block_ref ref)
{
    const struct lc_extra *e = &s->out->blocks.extras[ref & ~LC_EXTRA_BIT];
    struct lc_lost_mapping *m = s->out->mappings;
    for (size_t i = 0; i < s->out->mapping_count; i++)
        if (m[i].range.start == e->range.start)
            return &m[i];
    m[s->out->mapping_count] = (struct lc_lost_mapping){e->range, e->stack, e->function, lc_mark_is_suppressed(e->mark), 0, 0};
    return &m[s->out->mapping_count++];
}

static void add_to_tree(struct scan *s, uint32_t leader, uint32_t site)
{
    struct tree_node *n, fresh = {.key = {leader, site}};
    HASH_FIND(hh, s->tree, &fresh.key, sizeof fresh.key, n);
    if (!n && (n = lc_pool_alloc(sizeof *n))) {
        *n = fresh;
        HASH_ADD(hh, s->tree, key, sizeof n->key, n);
        s->out->hanging_count++;
    }
    if (n)
        n->blocks++;
}

static void count_hanging(void *context, lc_block_ref leader, lc_block_ref ref)
{
    struct scan *s = context;
    uint32_t site = lc_blocks_site(&s->out->blocks, ref), from = lc_blocks_site(&s->out->blocks, leader);
    if (site == LC_SITE_NONE || !is_finding(s, site)) /* a mapping is a finding of its own */
        return;
    uint64_t bytes = lc_site_get(site).size;
    if (from == LC_SITE_NONE) {
        struct lc_lost_mapping *m = lost_mapping(s, leader);
        m->hanging_blocks++;
        m->hanging_bytes += bytes;
        return;
    }
    s->out->sites[from].hanging_blocks++;
    s->out->sites[from].hanging_bytes += bytes;
    if (s->in->options->show_tree)
        add_to_tree(s, from, site);
}

static void count_heuristic(struct scan *s, uint8_t mark, uint64_t size)
{
    enum lc_heuristic h = lc_mark_heuristic(mark);
    if (h == LC_HEURISTIC_NONE)
        return;
    s->out->heuristic_blocks[h]++;
    s->out->heuristic_bytes[h] += size;
}

static void tally_block(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct scan *s = context;
    enum lc_class class = lc_scan_class(*mark);
    uint32_t site = lc_blocks_site(&s->out->blocks, ref);
    if (site == LC_SITE_NONE) {
        if (class == LC_CLASS_DEFINITE || class == LC_CLASS_INDIRECT || class == LC_CLASS_SUPPRESSED)
            lost_mapping(s, ref);
        return;
    }
    if (site >= s->out->site_count)
        return;
    if (!is_finding(s, site)) {
        *(held_as(s, site) == RUNTIME ? &s->out->runtime_blocks : &s->out->ignored_blocks) += 1;
        return;
    }
    struct lc_site_tally *t = &s->out->sites[site];
    t->blocks[class]++;
    t->cycles += class == LC_CLASS_DEFINITE && *mark & LC_MARK_POINTED;
    if (class == LC_CLASS_REACHABLE && *mark & LC_MARK_INTERIOR)
        count_heuristic(s, *mark, lc_site_get(site).size);
}

static void lay_out_tree(struct scan *s)
{
    struct lc_scan_result *out = s->out;
    size_t count = 0;
    out->hanging = out->hanging_count ? lc_pages_map(out->hanging_count * sizeof out->hanging[0], "scan") : NULL;
    for (const struct tree_node *n = s->tree; n && out->hanging; n = n->hh.next)
        out->hanging[count++] = (struct lc_hanging){n->key.leader, n->key.site, n->blocks};
    out->hanging_count = count;
}

static int classify(struct scan *s)
{
    int rc = lc_classify(&s->marker, count_hanging, s);
    lc_blocks_each(&s->out->blocks, tally_block, s);
    lay_out_tree(s);
    return rc;
}

int lc_scan(struct lc_scan_result *out, const struct lc_scan_input *in)
{
    static struct scan s;
    static struct lc_scan_kept kept;
    s = (struct scan){.in = in, .out = out};
    kept = (struct lc_scan_kept){0};
    *out = (struct lc_scan_result){.kept = &kept};
    int rc = index_blocks(&s);
    if (rc == 0)
        rc = make_tallies(&s);
    if (rc == 0)
        rc = lc_roots_find(&kept.roots, in, &out->blocks, in->residency);
    if (rc == 0)
        rc = mark_from_roots(&s);
    if (rc == 0)
        rc = classify(&s);
    lc_marker_release(&s.marker);
    if (s.held)
        lc_pages_unmap(s.held, out->site_count + 1);
    if (rc < 0)
        lc_scan_release(out);
    return rc;
}

bool lc_scan_hop(const struct lc_scan_result *r, lc_block_ref ref, struct lc_hop *out)
{
    uintptr_t word = r->kept && r->kept->has_trail ? lc_trail_get(&r->kept->trail, ref) : 0;
    if (!word)
        return false;
    *out = (struct lc_hop){.word = word, .root = lc_roots_at(&r->kept->roots, word)};
    if (!out->root)
        out->block = lc_blocks_find(&r->blocks, word);
    else if (out->root->kind == LC_ROOT_STACK)
        out->frame = lc_frames_at(&r->kept->frames, word);
    return true;
}

void lc_scan_release(struct lc_scan_result *out)
{
    if (out->kept) {
        if (out->kept->has_trail)
            lc_trail_release(&out->kept->trail);
        lc_frames_release(&out->kept->frames);
        lc_roots_release(&out->kept->roots);
    }
    if (out->sites)
        lc_pages_unmap(out->sites, (out->site_count + 1) * sizeof out->sites[0]);
    if (out->mappings)
        lc_pages_unmap(out->mappings, (out->blocks.extra_count + 1) * sizeof out->mappings[0]);
    if (out->hanging)
        lc_pages_unmap(out->hanging, out->hanging_count * sizeof out->hanging[0]);
    lc_blocks_release(&out->blocks);
    *out = (struct lc_scan_result){0};
}
