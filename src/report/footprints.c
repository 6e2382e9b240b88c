#include "report/footprints.h"

#include "base/arena.h"
#include "base/out.h"
#include "record/site.h"
#include "scan/arenas.h"

#include <string.h>

/* glibc's malloc: a chunk is a multiple of 16 bytes, at least 32, with a header of 8; one with a mapping of its own has
 * a header of 16 and whole pages. */
#define CHUNK_MIN 32u
#define CHUNK_HEADER 8u
#define CHUNK_ALIGN 16u

/* Who lives on a page: a leak, by its number + 1, and its kind; or more than one. */
#define NOBODY 0u
#define SEVERAL UINT32_MAX

struct page {
    uintptr_t address;
    uint32_t leak, kind; /* NOBODY, SEVERAL, or 1 + which */
};

struct work {
    struct lc_leaks *l;
    const uint32_t *leak_of;
    const struct lc_arenas *arenas; /* glibc's, if it is the allocator */
    size_t arena_count;
    size_t region;      /* the one of the last block: they come by address */
    struct page page;   /* that the last block ended on */
    struct lc_arena *outside; /* blocks in regions that are no heap */
    const struct lc_vm_region *last_region; /* of the last block, */
    struct lc_arena *last;                  /* and its arena */
};

static const struct lc_vm_region *region_of(struct work *w, uintptr_t address)
{
    const struct lc_vm_snapshot *s = &w->l->regions->snapshot;
    if (w->region >= s->count || s->regions[w->region].range.start > address)
        w->region = 0;
    if (w->region < s->count && lc_range_has(s->regions[w->region].range, address))
        return &s->regions[w->region];
    size_t low = w->region, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->regions[middle].range.end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    w->region = low;
    return low < s->count && lc_range_has(s->regions[low].range, address) ? &s->regions[low] : NULL;
}

/* A page that others share counts as a part, in the measure of its region. */
static uint64_t fraction(const struct lc_vm_region *r, uint64_t bytes)
{
    if (!r || !r->has_residency || !r->resident || r->proportional >= r->resident)
        return bytes;
    return (uint64_t)((unsigned __int128)bytes * r->proportional / r->resident);
}

static void add(struct lc_footprint *f, const struct lc_footprint *more)
{
    f->resident += more->resident;
    f->proportional += more->proportional;
    f->swapped += more->swapped;
    f->untouched += more->untouched;
}

static void pin(struct work *w, uint32_t leak, uint32_t kind, uint64_t bytes)
{
    struct lc_findings *f = w->l->out;
    if (leak != NOBODY && leak != SEVERAL)
        f->leaks[leak - 1].footprint.pinned += bytes;
    if (kind != NOBODY && kind != SEVERAL)
        f->footprints[kind - 1].pinned += bytes;
}

/* What holds the page is known once the next block starts behind it. */
static void leave_page(struct work *w)
{
    struct lc_residency_count c = {0};
    lc_residency_measure(&w->l->regions->residency, (struct lc_range){w->page.address, w->page.address + LC_PAGE_SIZE}, &c);
    pin(w, w->page.leak, w->page.kind, c.resident + c.swapped);
    w->page = (struct page){0};
}

static void enter_page(struct work *w, uintptr_t address, uint32_t leak, uint32_t kind)
{
    if (w->page.address != address) {
        if (w->page.address)
            leave_page(w);
        w->page = (struct page){address, leak, kind};
        return;
    }
    if (w->page.leak != leak)
        w->page.leak = SEVERAL;
    if (w->page.kind != kind)
        w->page.kind = SEVERAL;
}

/* `leak`, `kind`: 1 + which, or SEVERAL for what is nobody's leak. */
static void pin_pages(struct work *w, struct lc_range r, uint32_t leak, uint32_t kind)
{
    uintptr_t first = lc_align_down(r.start, LC_PAGE_SIZE), last = lc_align_down(r.end > r.start ? r.end - 1 : r.start, LC_PAGE_SIZE);
    enter_page(w, first, leak, kind);
    if (last == first)
        return;
    struct lc_residency_count c = {0};
    lc_residency_measure(&w->l->regions->residency, (struct lc_range){first + LC_PAGE_SIZE, last}, &c);
    pin(w, leak, kind, c.resident + c.swapped);
    enter_page(w, last, leak, kind);
}

static struct lc_footprint measure(struct work *w, struct lc_range r, const struct lc_vm_region *region)
{
    struct lc_residency_count c = {0};
    lc_residency_measure(&w->l->regions->residency, r, &c);
    return (struct lc_footprint){.resident = c.resident,
                                 .proportional = fraction(region, c.resident),
                                 .swapped = c.swapped,
                                 .untouched = lc_range_size(r) - c.resident - c.swapped};
}

static struct lc_arena *arena_of(struct work *w, const struct lc_vm_region *region)
{
    if (!region || region->kind != LC_REGION_HEAP)
        return w->outside;
    return &w->l->out->arenas[w->arena_count ? lc_arenas_of(w->arenas, region) : 0];
}

/* In RAM, of what a block takes beside its own bytes. */
static uint64_t overhead(struct work *w, struct lc_range r, bool has_mapping, uint64_t resident)
{
    uint64_t size = lc_range_size(r), chunk = lc_align_up(size + CHUNK_HEADER, CHUNK_ALIGN);
    if (has_mapping) {
        struct lc_range whole = {lc_align_down(r.start - 1, LC_PAGE_SIZE), lc_align_up(r.end, LC_PAGE_SIZE)};
        return measure(w, whole, NULL).resident - resident;
    }
    chunk = chunk < CHUNK_MIN ? CHUNK_MIN : chunk;
    return lc_residency_has(&w->l->regions->residency, r.start) ? chunk - size : 0;
}

static void count_in_arena(struct work *w, const struct lc_vm_region *region, struct lc_range r, const struct lc_footprint *f)
{
    if (!w->l->out->arenas)
        return;
    if (!w->last || w->last_region != region)
        w->last = arena_of(w, region);
    w->last_region = region;
    struct lc_arena *a = w->last;
    bool has_mapping = w->arena_count && a == &w->l->out->arenas[w->arena_count];
    a->blocks++;
    a->bytes += lc_range_size(r);
    a->bytes_resident += f->resident;
    a->overhead_resident += overhead(w, r, has_mapping, f->resident);
}

static bool is_lost(enum lc_leak_kind kind)
{
    return kind == LC_LEAK_DEFINITE || kind == LC_LEAK_INDIRECT || kind == LC_LEAK_POSSIBLE || kind == LC_LEAK_TAGGED ||
           kind == LC_LEAK_MAPPING;
}

/* Of a leak, which begins in `region`: the map's regions have the snapshot's order. */
static void count_in_regions(struct work *w, const struct lc_vm_region *region, struct lc_range r, enum lc_leak_kind kind)
{
    const struct lc_vm_snapshot *s = &w->l->regions->snapshot;
    if (!region || !is_lost(kind))
        return;
    for (size_t i = (size_t)(region - s->regions); i < w->l->out->region_count && s->regions[i].range.start < r.end; i++)
        w->l->out->regions[i].leaked += lc_range_overlap(s->regions[i].range, r);
}

void lc_footprints_add_mapping(struct lc_leaks *l, struct lc_leak *leak, struct lc_range range)
{
    struct work w = {.l = l};
    const struct lc_vm_region *region = region_of(&w, range.start);
    struct lc_footprint f = measure(&w, range, region), *sums[] = {&leak->footprint, &l->out->footprints[LC_LEAK_MAPPING]};
    count_in_regions(&w, region, range, leak->kind);
    for (size_t i = 0; i < LC_ARRAY_LEN(sums); i++) {
        add(sums[i], &f);
        sums[i]->pinned += f.resident + f.swapped;
    }
}

static void take_block(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct work *w = context;
    const struct lc_blocks *b = &w->l->scan.blocks;
    struct lc_range r = lc_blocks_range(b, ref);
    uint32_t site = lc_blocks_site(b, ref);
    enum lc_class class = lc_scan_class(*mark);
    if (site == LC_SITE_NONE || site >= w->l->scan.site_count)
        return;
    const struct lc_vm_region *region = region_of(w, r.start);
    struct lc_footprint f = measure(w, r, region);
    uint32_t leak = w->leak_of[(size_t)site * LC_CLASS_COUNT + class];
    count_in_arena(w, region, r, &f);
    if (!leak) {
        pin_pages(w, r, SEVERAL, SEVERAL);
        return;
    }
    enum lc_leak_kind kind = w->l->out->leaks[leak - 1].kind;
    add(&w->l->out->leaks[leak - 1].footprint, &f);
    add(&w->l->out->footprints[kind], &f);
    count_in_regions(w, region, r, kind);
    pin_pages(w, r, leak, 1 + (uint32_t)kind);
}

static const char *arena_name(size_t index, size_t count)
{
    char text[32];
    if (index == 0 && count)
        return "main arena";
    if (index == count)
        return count ? "mapped blocks" : "heap";
    if (index > count)
        return "blocks elsewhere";
    lc_format(text, sizeof text, "arena %zu", index);
    const char *copy = lc_pool_strdup(text);
    return copy ? copy : "arena";
}

/* One each, one for the blocks with mappings of their own, and one for those in regions that are mostly something else. */
static void make_arenas(struct work *w)
{
    struct lc_findings *out = w->l->out;
    const struct lc_vm_snapshot *s = &w->l->regions->snapshot;
    bool is_glibc = w->l->in->scan->allocator.start == w->l->in->scan->libc.start;
    w->arenas = &w->l->regions->arenas;
    w->arena_count = is_glibc ? w->arenas->count : 0;
    out->arenas = lc_pages_map((w->arena_count + 2) * sizeof out->arenas[0], "report");
    if (!out->arenas)
        return;
    out->arena_count = w->arena_count + 2;
    w->outside = &out->arenas[w->arena_count + 1];
    for (size_t i = 0; i < out->arena_count; i++) {
        out->arenas[i].name = arena_name(i, w->arena_count);
        if (i < w->arena_count) {
            out->arenas[i].address = w->arenas->at[i].address;
            out->arenas[i].top = w->arenas->at[i].top;
        }
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct lc_vm_region *r = &s->regions[i];
        if (r->kind != LC_REGION_HEAP || lc_vm_region_is_closed(r))
            continue;
        struct lc_arena *a = arena_of(w, r);
        a->size += lc_range_size(r->range);
        a->resident += r->resident;
        a->swapped += r->swapped;
    }
}

void lc_footprints_collect(struct lc_leaks *l, const uint32_t *leak_of)
{
    static struct work w;
    if (l->regions->residency.is_blind)
        return;
    w = (struct work){.l = l, .leak_of = leak_of};
    if (l->in->needs_memory)
        make_arenas(&w);
    lc_blocks_each(&l->scan.blocks, take_block, &w);
    if (w.page.address)
        leave_page(&w);
    for (size_t i = 0; i < l->out->leak_count; i++)
        l->out->leaks[i].has_footprint = true;
    l->out->has_footprints = true;
    while (l->out->arena_count && l->out->arenas[l->out->arena_count - 1].blocks == 0 &&
           l->out->arenas[l->out->arena_count - 1].size == 0)
        l->out->arena_count--;
}
