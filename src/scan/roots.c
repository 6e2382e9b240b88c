#include "scan/roots.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/depot.h"
#include "scan/allocator.h"
#include "scan/stacks.h"
#include "scan/user_roots.h"
#include "scan/vectors.h"

#include <errno.h>

struct finder {
    struct lc_roots *r;
    const struct lc_scan_input *in;
    const struct lc_blocks *blocks;
};

static void add_root(struct lc_roots *r, enum lc_root_kind kind, struct lc_range range, pid_t tid)
{
    if (lc_range_is_empty(range))
        return;
    if (r->count == r->capacity) {
        struct lc_root *more = lc_pages_grow(r->at, &r->capacity, sizeof *more, "scan");
        if (!more) {
            r->is_full = true;
            return;
        }
        r->at = more;
    }
    r->at[r->count++] = (struct lc_root){range, kind, tid, false};
}

/* Words that are no memory of the program's: registers, or what a system call told. */
static void add_words(struct lc_roots *r, enum lc_root_kind kind, const uintptr_t *words, size_t count, pid_t tid)
{
    size_t before = r->count;
    add_root(r, kind, (struct lc_range){(uintptr_t)words, (uintptr_t)(words + count)}, tid);
    if (r->count > before)
        r->at[before].is_copy = true;
}

static bool is_on(const struct lc_options *o, enum lc_root_kind kind)
{
    switch (kind) {
    case LC_ROOT_GLOBALS:
        return o->use_globals;
    case LC_ROOT_STACK:
        return o->use_stacks;
    case LC_ROOT_REGISTERS:
        return o->use_registers;
    case LC_ROOT_TLS:
        return o->use_tls;
    case LC_ROOT_MAPPING:
        return o->use_mappings;
    case LC_ROOT_SHARED:
        return o->use_shared;
    case LC_ROOT_USER:
        return o->use_root_regions;
    case LC_ROOT_KINDS:
        break;
    }
    return false;
}

static enum lc_root_kind root_kind(enum lc_area_kind kind)
{
    switch (kind) {
    case LC_AREA_STACK:
        return LC_ROOT_STACK;
    case LC_AREA_TLS:
        return LC_ROOT_TLS;
    case LC_AREA_GLOBALS:
        return LC_ROOT_GLOBALS;
    case LC_AREA_SHARED:
        return LC_ROOT_SHARED;
    case LC_AREA_BREAK:
    case LC_AREA_OTHER:
        return LC_ROOT_MAPPING;
    default:
        return LC_ROOT_KINDS; /* none */
    }
}

static void take_piece(void *context, enum lc_area_kind kind, struct lc_range piece, uint32_t tag)
{
    struct finder *f = context;
    enum lc_root_kind root = root_kind(kind);
    bool has_thread = kind == LC_AREA_STACK || kind == LC_AREA_TLS;
    if (root != LC_ROOT_KINDS && is_on(f->in->options, root))
        add_root(f->r, root, piece, has_thread ? (pid_t)tag : 0);
}

/* Reading a device may do things. */
static bool is_device(const struct lc_vm_region *r)
{
    static const char *const memory[] = {"/dev/zero", "/dev/shm/"};
    static const char *const devices[] = {"/dev/"};
    return lc_vm_region_is_named(r, devices, 1) && !lc_vm_region_is_named(r, memory, LC_ARRAY_LEN(memory));
}

static bool is_scanned(const struct lc_vm_region *r)
{
    return r->permissions[0] == 'r' && lc_vm_region_is_writable(r) && !is_device(r) && r->kind != LC_REGION_KERNEL;
}

static void cut_regions(struct finder *f)
{
    for (size_t i = 0; i < f->in->region_count; i++) {
        const struct lc_vm_region *r = &f->in->regions[i];
        if (is_scanned(r))
            lc_areas_cut(&f->r->areas, r->range, r->permissions[3] == 's' ? LC_AREA_SHARED : LC_AREA_OTHER, take_piece, f);
    }
}

/* The module that the mapping's maker belongs to. */
static bool is_made_by(const struct lc_mapping *m, struct lc_range module)
{
    return m->stack != LC_DEPOT_NONE && lc_range_has(module, lc_depot_get(m->stack)->address & LC_DEPOT_ADDRESS);
}

static bool is_break(const struct lc_mapping *m)
{
    return m->function == LC_FN_BRK || m->function == LC_FN_SBRK;
}

/* An allocator that is not libc's maps by our doors. */
static bool is_allocators(const struct lc_scan_input *in, const struct lc_mapping *m)
{
    return in->allocator.start != in->libc.start && is_made_by(m, in->allocator);
}

static void add_mapping_area(void *context, const struct lc_mapping *m)
{
    struct finder *f = context;
    enum lc_area_kind kind = is_break(m) ? LC_AREA_BREAK : LC_AREA_MAPPING;
    if (is_allocators(f->in, m))
        kind = LC_AREA_ALLOCATOR;
    lc_areas_add(&f->r->areas, kind, m->range, 0);
}

/* The loader no longer knows the modules that dlopen brought once libc's pools are freed: their data is known by
 * its place. */
static bool is_data_of_unknown(const struct finder *f, const struct lc_vm_region *r)
{
    return (r->kind == LC_REGION_DATA || r->kind == LC_REGION_BSS) &&
           lc_range_is_empty(lc_vm_hints_module(f->in->hints, r->range.start));
}

static void add_modules(struct finder *f, const struct lc_residency *residency)
{
    const struct lc_vm_hints *h = f->in->hints;
    for (size_t i = 0; i < h->module_count; i++)
        lc_areas_add(&f->r->areas, LC_AREA_GLOBALS, h->modules[i], 0);
    for (size_t i = 0; i < f->in->region_count; i++) {
        const struct lc_vm_region *r = &f->in->regions[i];
        if (is_data_of_unknown(f, r))
            lc_areas_add(&f->r->areas, LC_AREA_GLOBALS, r->range, 0);
        if (!lc_vm_region_is_writable(r) || !lc_range_has(f->in->libc, r->range.start))
            continue;
        for (struct lc_range rest = r->range; !lc_range_is_empty(rest);) {
            struct lc_range run = lc_residency_next(residency, rest);
            lc_areas_add(&f->r->areas, LC_AREA_ALLOCATOR, lc_allocator_main_arena(run), 0);
            rest.start = run.end;
        }
    }
}

static void add_areas(struct finder *f, const struct lc_residency *residency)
{
    const struct lc_vm_hints *h = f->in->hints;
    struct lc_areas *a = &f->r->areas;
    for (size_t i = 0; i < h->own_count; i++)
        lc_areas_add(a, LC_AREA_OWN, h->own[i].range, 0);
    if (f->in->allocator.start == f->in->libc.start)
        lc_allocator_find(a, f->in->regions, f->in->region_count, f->blocks, residency);
    lc_stacks_find(a, f->in);
    lc_mappings_each(add_mapping_area, f);
    add_modules(f, residency);
    lc_areas_sort(a);
}

/* They may lie on a stack that is ours (record/alternate.h), of which it is not known what is resident; these are. */
static void add_vectors(struct lc_roots *r, struct lc_range saved, pid_t tid)
{
    struct lc_range parts[LC_VECTORS_PARTS];
    const unsigned count = lc_vectors_find(saved, parts);
    for (unsigned i = 0; i < count; i++)
        add_words(r, LC_ROOT_REGISTERS, (const uintptr_t *)parts[i].start, lc_range_size(parts[i]) / sizeof(uintptr_t), tid);
}

static void add_registers(struct lc_roots *r, const struct lc_scan_input *in)
{
    for (unsigned i = 0; r->registers && i < LC_SELF_REGISTERS; i++)
        r->registers[i] = in->self->known >> i & 1 ? in->self->registers[i] : 0;
    if (r->registers)
        add_words(r, LC_ROOT_REGISTERS, r->registers, LC_SELF_REGISTERS, in->self->tid);
    add_vectors(r, in->self->vectors, in->self->tid);
    for (size_t i = 0; i < in->world->count; i++) {
        const struct lc_world_thread *t = &in->world->threads[i];
        if (t->state != LC_THREAD_STOPPED)
            continue;
        add_words(r, LC_ROOT_REGISTERS, t->registers, LC_WORLD_REGISTERS, t->tid);
        add_vectors(r, t->vectors, t->tid);
    }
}

/* What only the kernel points to: sigaltstack(2). */
static void add_alternates(struct lc_roots *r, const struct lc_scan_input *in)
{
    if (r->registers && in->self->alternate) {
        r->registers[LC_SELF_REGISTERS] = in->self->alternate;
        add_words(r, LC_ROOT_STACK, &r->registers[LC_SELF_REGISTERS], 1, in->self->tid);
    }
    for (size_t i = 0; i < in->world->count; i++) {
        const struct lc_world_thread *t = &in->world->threads[i];
        if (t->state == LC_THREAD_STOPPED && t->alternate)
            add_words(r, LC_ROOT_STACK, &t->alternate, 1, t->tid);
    }
}

static void add_registered(struct lc_roots *r)
{
    struct lc_range range;
    for (size_t i = 0; lc_user_roots_get(i, &range); i++)
        add_root(r, LC_ROOT_USER, range, 0);
}

int lc_roots_find(struct lc_roots *r, const struct lc_scan_input *in, const struct lc_blocks *blocks,
                  const struct lc_residency *residency)
{
    *r = (struct lc_roots){.registers = lc_pages_map(LC_PAGE_SIZE, "scan")};
    struct finder f = {r, in, blocks};
    add_areas(&f, residency);
    cut_regions(&f);
    if (in->options->use_registers)
        add_registers(r, in);
    if (in->options->use_globals)
        add_words(r, LC_ROOT_GLOBALS, (const uintptr_t *)in->early.start, lc_range_size(in->early) / sizeof(uintptr_t), 0);
    if (in->options->use_stacks)
        add_alternates(r, in);
    if (in->options->use_root_regions)
        add_registered(r);
    if (r->registers && !r->is_full && !r->areas.is_full)
        return 0;
    lc_roots_release(r);
    return -ENOMEM;
}

void lc_roots_release(struct lc_roots *r)
{
    lc_areas_release(&r->areas);
    if (r->at)
        lc_pages_unmap(r->at, r->capacity * sizeof r->at[0]);
    if (r->registers)
        lc_pages_unmap(r->registers, LC_PAGE_SIZE);
    *r = (struct lc_roots){0};
}

void lc_roots_mark(const struct lc_roots *r, struct lc_marker *m)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct lc_root *root = &r->at[i];
        if (root->is_copy)
            lc_marker_words(m, (const uintptr_t *)root->range.start, lc_range_size(root->range) / sizeof(uintptr_t));
        else
            lc_marker_range(m, root->range);
    }
}

const struct lc_root *lc_roots_at(const struct lc_roots *r, uintptr_t address)
{
    for (size_t i = 0; i < r->count; i++)
        if (lc_range_has(r->at[i].range, address))
            return &r->at[i];
    return NULL;
}

struct mapping_list {
    const struct lc_scan_input *in;
    struct lc_extra *at;
    size_t count, capacity;
};

static void count_mapping(void *context, const struct lc_mapping *m)
{
    (void)m;
    ++*(size_t *)context;
}

/* Does a thread stand in it? Then only the live part of it is looked at, as a root. */
static bool is_stack(const struct lc_scan_input *in, struct lc_range range)
{
    if (lc_range_has(range, in->self->sp))
        return true;
    for (size_t i = 0; i < in->world->count; i++)
        if (in->world->threads[i].sp && lc_range_has(range, in->world->threads[i].sp))
            return true;
    return false;
}

static void add_mapping(void *context, const struct lc_mapping *m)
{
    struct mapping_list *list = context;
    if (is_break(m) || is_allocators(list->in, m) || list->count == list->capacity)
        return;
    list->at[list->count++] = (struct lc_extra){.range = m->range,
                                                .site = LC_SITE_NONE,
                                                .stack = m->stack,
                                                .function = m->function,
                                                .mark = LC_MARK_LIVE,
                                                .is_opaque = is_stack(list->in, m->range)};
}

int lc_roots_mappings(const struct lc_scan_input *in, struct lc_extra **mappings, size_t *mapping_count)
{
    struct mapping_list list = {.in = in};
    lc_mappings_each(count_mapping, &list.capacity);
    list.at = lc_pages_map((list.capacity + 1) * sizeof list.at[0], "scan");
    if (!list.at)
        return -ENOMEM;
    lc_mappings_each(add_mapping, &list);
    *mappings = list.at;
    *mapping_count = list.count;
    return 0;
}
