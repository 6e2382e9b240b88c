#include "report/account.h"

static enum lc_account_part part_of(enum lc_region_kind kind)
{
    static const unsigned char parts[] = {
        [LC_REGION_CODE] = LC_ACCOUNT_CODE,        [LC_REGION_RODATA] = LC_ACCOUNT_MODULE_DATA,
        [LC_REGION_DATA] = LC_ACCOUNT_MODULE_DATA, [LC_REGION_BSS] = LC_ACCOUNT_MODULE_DATA,
        [LC_REGION_HEAP] = LC_ACCOUNT_HEAP,        [LC_REGION_STACK] = LC_ACCOUNT_STACKS,
        [LC_REGION_TLS] = LC_ACCOUNT_TLS,          [LC_REGION_ANONYMOUS] = LC_ACCOUNT_ANONYMOUS,
        [LC_REGION_FILE] = LC_ACCOUNT_FILES,       [LC_REGION_SHARED] = LC_ACCOUNT_SHARED,
        [LC_REGION_GUARD] = LC_ACCOUNT_ANONYMOUS,  [LC_REGION_KERNEL] = LC_ACCOUNT_KERNEL,
        [LC_REGION_OWN] = LC_ACCOUNT_OWN,
    };
    static_assert(sizeof parts == LC_REGION_KIND_COUNT, "a part for every kind of region");
    return (enum lc_account_part)parts[kind];
}

uint64_t lc_account_free_of(const struct lc_arena *a)
{
    uint64_t used = a->bytes_resident + a->overhead_resident;
    return used < a->resident ? a->resident - used : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void move(struct lc_account *out, enum lc_account_part from, enum lc_account_part to, uint64_t bytes)
{
    bytes = least(bytes, out->resident[from]);
    out->resident[from] -= bytes;
    out->resident[to] += bytes;
}

/* Blocks in regions that are mostly something else are in an arena without memory of its own. */
static void split_heap(const struct lc_findings *f, struct lc_account *out)
{
    uint64_t leaks = 0, blocks = 0;
    for (size_t i = 0; i < f->arena_count; i++) {
        const struct lc_arena *a = &f->arenas[i];
        enum lc_account_part from = a->size ? LC_ACCOUNT_HEAP : LC_ACCOUNT_ANONYMOUS;
        move(out, from, LC_ACCOUNT_LIVE, a->bytes_resident);
        move(out, from, LC_ACCOUNT_FREE, lc_account_free_of(a));
        move(out, from, LC_ACCOUNT_OVERHEAD, a->overhead_resident);
        blocks += a->bytes_resident;
    }
    for (unsigned kind = 0; kind < LC_LEAK_KIND_COUNT; kind++)
        leaks += kind == LC_LEAK_MAPPING ? 0 : f->footprints[kind].resident;
    out->other_live = leaks < blocks ? blocks - leaks : 0;
}

bool lc_account_make(const struct lc_findings *f, struct lc_account *out)
{
    bool is_known = false;
    *out = (struct lc_account){0};
    for (size_t i = 0; i < f->region_count; i++) {
        const struct lc_vm_region *r = &f->regions[i].vm;
        if (!r->has_residency && lc_vm_region_is_closed(r)) /* nothing to miss */
            continue;
        if (!r->has_residency)
            return false;
        is_known = true;
        out->resident[part_of(r->kind)] += r->resident;
    }
    if (f->arena_count && f->has_footprints)
        split_heap(f, out);
    uint64_t sum = 0;
    for (unsigned i = 0; i < LC_ACCOUNT_COUNT; i++)
        sum += out->resident[i];
    out->total = f->memory.is_known ? f->memory.vm_rss : sum;
    out->remainder = (int64_t)(out->total - sum);
    return is_known;
}
