#include "map_groups.h"

#include "base/out.h"
#include "mem.h"
#include "report/escape.h"
#include "report/text.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 512

static void put_mapper(struct lc_out *out, const struct lc_findings *f, const struct lc_region *r, struct lc_namer *namer)
{
    lc_out_str(out, "mapped by ");
    if (r->site.stack == LC_NONE)
        lc_escape_text(out, r->site.function);
    else
        lc_text_frame(out, f, r->site.stack, namer, true);
}

/* A part of what lies just below it, whose label that is: bss, and what an arena has not yet grown into. */
static bool is_continued(const struct lc_findings *f, size_t index)
{
    const struct lc_region *r = &f->regions[index];
    bool is_part = r->vm.kind == LC_REGION_BSS || (r->vm.kind == LC_REGION_HEAP && lc_vm_region_is_closed(&r->vm));
    return is_part && index && lc_vm_region_touches(&r[-1].vm, &r->vm);
}

static const char *plain_label(const struct lc_region *r)
{
    switch (r->vm.kind) {
    case LC_REGION_OWN:
        return "leakcheck";
    case LC_REGION_KERNEL:
        return "vdso and the like";
    case LC_REGION_STACK:
        return *r->vm.name ? "stack of the main thread" : "stacks of threads";
    case LC_REGION_GUARD:
        return *r->vm.name ? r->vm.name : "guards";
    case LC_REGION_HEAP:
    case LC_REGION_TLS:
        return *r->purpose ? r->purpose : lc_words_region.word[r->vm.kind];
    default:
        return *r->vm.name ? r->vm.name : *r->purpose ? r->purpose : lc_words_region.word[r->vm.kind];
    }
}

static void put_label(struct lc_out *out, const struct lc_findings *f, size_t index, struct lc_namer *namer)
{
    const struct lc_region *r = &f->regions[index];
    if (*r->site.function)
        put_mapper(out, f, r, namer);
    else
        lc_escape_text(out, plain_label(r));
}

static struct lc_map_group *group_of(struct lc_map_group **groups, const char *label)
{
    struct lc_map_group *g;
    HASH_FIND_STR(*groups, label, g);
    if (g)
        return g;
    g = lc_mem_alloc(1, sizeof *g);
    g->key = lc_mem_format("%s", label);
    HASH_ADD_KEYPTR(hh, *groups, g->key, strlen(g->key), g);
    return g;
}

static void add(struct lc_map_group *g, const struct lc_region *r)
{
    const struct lc_vm_region *vm = &r->vm;
    uint64_t size = lc_range_size(vm->range), untouched = lc_vm_region_untouched(vm);
    bool is_closed = lc_vm_region_is_closed(vm);
    if (!g->regions++)
        g->total = (struct lc_vm_region){.range = {vm->range.start, vm->range.start}};
    g->total.range.end += size;
    g->total.resident += vm->resident;
    g->total.swapped += vm->swapped;
    g->leaked += r->leaked;
    if (!vm->has_residency && !is_closed) {
        g->bytes[LC_MAP_UNKNOWN] += size;
        return;
    }
    g->bytes[LC_MAP_RESIDENT] += vm->resident;
    g->bytes[LC_MAP_SWAPPED] += vm->swapped;
    g->bytes[LC_MAP_ZERO] += vm->zero;
    g->bytes[LC_MAP_CLOSED] += vm->guard + (is_closed ? untouched : 0);
    g->bytes[LC_MAP_UNTOUCHED] += is_closed ? 0 : untouched;
}

struct lc_map_group *lc_map_groups_make(const struct lc_findings *f, const bool *is_shown, struct lc_namer *namer)
{
    struct lc_map_group *groups = NULL;
    char label[LABEL_MAX] = "";
    for (size_t i = 0; i < f->region_count; i++) {
        struct lc_out out;
        lc_out_init(&out, -1, label, sizeof label - 1);
        if (!is_continued(f, i)) {
            put_label(&out, f, i, namer);
            label[out.len] = '\0';
        }
        if (is_shown[i])
            add(group_of(&groups, label), &f->regions[i]);
    }
    return groups;
}

void lc_map_groups_free(struct lc_map_group *groups)
{
    struct lc_map_group *g, *next;
    HASH_ITER(hh, groups, g, next) {
        HASH_DEL(groups, g);
        free(g->key);
        free(g);
    }
}
