#include "log_memory.h"

#include "log_parts.h"

#include <string.h>

static void read_class(struct lc_log_reader *r)
{
    int kind = lc_log_word(r, "kind", &lc_words_leak);
    r->f->footprints[kind] = lc_log_footprint(r);
    r->f->has_footprints = true;
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
    vm->lazy = OPTIONAL(r, "lazy");
    vm->zero = OPTIONAL(r, "zero");
    vm->guard = OPTIONAL(r, "guard");
}

static void read_region(struct lc_log_reader *r)
{
    struct lc_region region = {.vm = {.range = lc_log_range(r),
                                      .kind = (enum lc_region_kind)lc_log_word(r, "kind", &lc_words_region),
                                      .offset = NUMBER(r, "offset"),
                                      .name = STRING(r, "name")},
                               .purpose = STRING(r, "purpose"),
                               .site = {"", 0, LC_NONE},
                               .leaked = OPTIONAL(r, "leaked")};
    const char *permissions = STRING(r, "perm");
    if (strspn(permissions, "rwxps-") == 4 && strlen(permissions) == 4)
        memcpy(region.vm.permissions, permissions, 5);
    else
        lc_log_line_complain(&r->line, "perm= is not like rw-p");
    read_residency(r, &region.vm);
    if (lc_log_line_has(&r->line, "function"))
        region.site = lc_log_site(r);
    if (!lc_log_is_wrong(r))
        APPEND(r->f->regions, r->f->region_count, region);
}

static void read_arena(struct lc_log_reader *r)
{
    struct lc_arena arena = {.name = STRING(r, "name"),
                             .address = NUMBER(r, "address"),
                             .size = NUMBER(r, "size"),
                             .resident = NUMBER(r, "rss"),
                             .swapped = NUMBER(r, "swap"),
                             .top = NUMBER(r, "top"),
                             .blocks = NUMBER(r, "blocks"),
                             .bytes = NUMBER(r, "bytes"),
                             .bytes_resident = NUMBER(r, "bytes-rss"),
                             .overhead_resident = NUMBER(r, "overhead-rss")};
    if (!lc_log_is_wrong(r))
        APPEND(r->f->arenas, r->f->arena_count, arena);
}

static void read_size(struct lc_log_reader *r)
{
    struct lc_module_size size = {STRING(r, "path"), NUMBER(r, "text"), NUMBER(r, "data"), NUMBER(r, "bss")};
    if (!lc_log_is_wrong(r))
        APPEND(r->f->sizes, r->f->size_count, size);
}

static void read_fact(struct lc_log_reader *r)
{
    struct lc_vm_fact fact = {.group = (enum lc_fact_group)lc_log_word(r, "group", &lc_words_fact),
                              .name = STRING(r, "name"),
                              .value = OPTIONAL(r, "value"),
                              .error = (int)OPTIONAL(r, "error")};
    if (!lc_log_is_wrong(r))
        APPEND(r->f->facts, r->f->fact_count, fact);
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

static const struct lc_log_record records[] = {
    {"region", read_region}, {"class", read_class}, {"arena", read_arena},
    {"size", read_size},     {"fact", read_fact},   {"memory", read_memory},
};

bool lc_log_memory_read(struct lc_log_reader *r)
{
    return lc_log_read_as(r, records, LC_ARRAY_LEN(records));
}
