#include "formats/json_memory.h"

#include "formats/json_text.h"
#include "report/words.h"

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

json_t *lc_json_memory(const struct lc_findings *f)
{
    json_t *regions = json_array();
    for (size_t i = 0; i < f->region_count; i++)
        json_array_append_new(regions, json_region(&f->regions[i]));
    return json_pack("{sisoso}", "pid", f->process.pid, "memory", json_totals(f), "regions", regions);
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
