#include "formats/json_memory.h"

#include "formats/json_text.h"
#include "report/words.h"

#include <string.h>

static json_t *json_region(const struct lc_region *r)
{
    const struct lc_vm_region *vm = &r->vm;
    json_t *region = json_object();
    json_object_set_new(region, "start", lc_json_address(vm->range.start));
    json_object_set_new(region, "end", lc_json_address(vm->range.end));
    json_object_set_new(region, "permissions", lc_json_text(vm->permissions));
    json_object_set_new(region, "kind", lc_json_text(lc_words_region.word[vm->kind]));
    json_object_set_new(region, "bytes", lc_json_number(vm->range.end - vm->range.start));
    json_object_set_new(region, "offset", lc_json_number(vm->offset));
    json_object_set_new(region, "name", lc_json_text(vm->name));
    json_object_set_new(region, "purpose", lc_json_text(r->purpose));
    json_object_set_new(region, "leaked", lc_json_number(r->leaked));
    if (!vm->has_residency)
        return region;
    json_object_set_new(region, "resident", lc_json_number(vm->resident));
    json_object_set_new(region, "proportional", lc_json_number(vm->proportional));
    json_object_set_new(region, "dirty", lc_json_number(vm->dirty));
    json_object_set_new(region, "swapped", lc_json_number(vm->swapped));
    json_object_set_new(region, "locked", lc_json_number(vm->locked));
    json_object_set_new(region, "huge", lc_json_number(vm->huge));
    json_object_set_new(region, "lazy", lc_json_number(vm->lazy));
    json_object_set_new(region, "zero", lc_json_number(vm->zero));
    json_object_set_new(region, "guard", lc_json_number(vm->guard));
    json_object_set_new(region, "untouched", lc_json_number(lc_vm_region_untouched(vm)));
    return region;
}

static json_t *json_totals(const struct lc_findings *f)
{
    const struct lc_vm_status *m = &f->memory;
    if (!m->is_known)
        return json_pack("{sI}", "own", (json_int_t)f->own_bytes);
    return json_pack("{sIsIsIsIsIsIsIsIsIsIsIsIsIsIsI}", "peak", (json_int_t)m->vm_peak, "size", (json_int_t)m->vm_size, "hwm",
                     (json_int_t)m->vm_hwm, "rss", (json_int_t)m->vm_rss, "rss_anon", (json_int_t)m->rss_anon, "rss_file",
                     (json_int_t)m->rss_file, "rss_shmem", (json_int_t)m->rss_shmem, "data", (json_int_t)m->vm_data, "stack",
                     (json_int_t)m->vm_stk, "exe", (json_int_t)m->vm_exe, "lib", (json_int_t)m->vm_lib, "pte",
                     (json_int_t)m->vm_pte, "swap", (json_int_t)m->vm_swap, "locked", (json_int_t)m->vm_lck, "own",
                     (json_int_t)f->own_bytes);
}

static json_t *json_classes(const struct lc_findings *f)
{
    json_t *classes = json_object();
    for (unsigned kind = 0; f->has_footprints && kind < LC_LEAK_KIND_COUNT; kind++) {
        const struct lc_footprint *p = &f->footprints[kind];
        json_object_set_new(classes, lc_words_leak.word[kind],
                            json_pack("{sIsIsIsIsI}", "resident", (json_int_t)p->resident, "proportional", (json_int_t)p->proportional,
                                      "swapped", (json_int_t)p->swapped, "untouched", (json_int_t)p->untouched, "pinned",
                                      (json_int_t)p->pinned));
    }
    return classes;
}

static json_t *json_arenas(const struct lc_findings *f)
{
    json_t *arenas = json_array();
    for (size_t i = 0; i < f->arena_count; i++) {
        const struct lc_arena *a = &f->arenas[i];
        json_t *arena = json_pack("{sIsIsIsIsIsIsIsI}", "bytes", (json_int_t)a->size, "resident", (json_int_t)a->resident, "swapped",
                                  (json_int_t)a->swapped, "top", (json_int_t)a->top, "blocks", (json_int_t)a->blocks, "live_bytes",
                                  (json_int_t)a->bytes, "live_resident", (json_int_t)a->bytes_resident, "overhead_resident",
                                  (json_int_t)a->overhead_resident);
        json_object_set_new(arena, "name", lc_json_text(a->name));
        json_array_append_new(arenas, arena);
    }
    return arenas;
}

static json_t *json_fact(const struct lc_vm_fact *fact)
{
    if (fact->error)
        return lc_json_text(strerror(fact->error));
    if (fact->value == LC_FACT_UNLIMITED)
        return json_null();
    return fact->group == LC_FACT_ADDRESS ? lc_json_address((uintptr_t)fact->value) : lc_json_number(fact->value);
}

/* By group and name. */
static json_t *json_facts(const struct lc_findings *f)
{
    json_t *facts = json_object();
    for (size_t i = 0; i < f->fact_count; i++) {
        const struct lc_vm_fact *fact = &f->facts[i];
        const char *group = lc_words_fact.word[fact->group];
        json_t *of_group = json_object_get(facts, group);
        if (!of_group)
            json_object_set_new(facts, group, of_group = json_object());
        json_object_set_new(of_group, fact->name, json_fact(fact));
    }
    return facts;
}

json_t *lc_json_memory(const struct lc_findings *f)
{
    json_t *regions = json_array();
    for (size_t i = 0; i < f->region_count; i++)
        json_array_append_new(regions, json_region(&f->regions[i]));
    return json_pack("{sisososososo}", "pid", f->process.pid, "memory", json_totals(f), "classes", json_classes(f), "arenas",
                     json_arenas(f), "facts", json_facts(f), "regions", regions);
}

void lc_json_map_begin(struct lc_out *out)
{
    lc_out_str(out, "{\n\"schema\": \"leakcheck-map\", \"version\": 1,\n\"vm\": [");
}

void lc_json_map_put(struct lc_out *out, const struct lc_findings *f, bool is_first)
{
    lc_out_str(out, is_first ? "\n" : ",\n");
    lc_json_put(out, lc_json_memory(f));
}

void lc_json_map_end(struct lc_out *out)
{
    lc_out_str(out, "]\n}\n");
}
