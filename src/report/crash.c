#include "report/crash.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "record/depot.h"
#include "record/heap_near.h"
#include "record/modules.h"
#include "scan/segments.h"
#include "vm/purpose.h"
#include "vm/stacks.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#define NULL_BYTES    ((uintptr_t)64 << 10) /* where nothing is ever mapped: vm.mmap_min_addr */
#define GUARD_BYTES   ((uintptr_t)1 << 20)  /* what the kernel keeps free below the first thread's stack (stack_guard_gap) */
#define NEAR_BYTES    ((uintptr_t)64 << 10) /* so far from a block an address may have been meant for it, */
#define NEXT_BYTES    ((uintptr_t)64)       /* and a register's only so far */

struct work {
    struct lc_findings *out;
    const struct lc_leaks *l;
    const struct lc_death *death;
    struct lc_segments regions;
};

static const char *keep(const char *text)
{
    const char *copy = lc_pool_strdup(text);
    return copy ? copy : "";
}

static uintptr_t register_of(const struct lc_death *d, int number)
{
    return (uintptr_t)d->at->uc_mcontext.gregs[number];
}

static struct lc_place *add(struct work *w, const char *of, uintptr_t value, enum lc_place_kind kind)
{
    static struct lc_place spare;
    struct lc_crash *c = &w->out->crash;
    struct lc_place *p = c->place_count < LC_PLACES_MAX ? &c->places[c->place_count++] : &spare;
    *p = (struct lc_place){.of = of, .value = value, .kind = kind, .name = "", .above = "", .site = {"", 0, LC_NONE}};
    return p;
}

/* "stack of thread 12 (worker)", "code of /usr/lib/libc.so.6", "heap". */
static const char *name_of(const struct work *w, const struct lc_vm_region *r)
{
    static const char *const kinds[] = {
        [LC_REGION_CODE] = "code of ", [LC_REGION_RODATA] = "constants of ", [LC_REGION_DATA] = "data of ", [LC_REGION_GUARD] = "guard",
        [LC_REGION_HEAP] = "heap", [LC_REGION_ANONYMOUS] = "anonymous mapping", [LC_REGION_OWN] = "leakcheck's own memory",
        [LC_REGION_KIND_COUNT] = NULL,
    };
    char purpose[LC_PURPOSE_MAX], text[512];
    lc_purpose_of(w->regions.regions, w->regions.count, (size_t)(r - w->regions.regions), &w->l->regions->hints, purpose);
    const char *kind = kinds[r->kind] ? kinds[r->kind] : "";
    if (r->kind == LC_REGION_OWN || (!*purpose && !*r->name))
        lc_format(text, sizeof text, "%s", *kind ? kind : "mapping");
    else if (*purpose)
        lc_format(text, sizeof text, "%s", purpose);
    else
        lc_format(text, sizeof text, "%s%s", *kind && kind[strlen(kind) - 1] == ' ' ? kind : "", r->name);
    return keep(text);
}

static void fill_region(const struct work *w, struct lc_place *p, const struct lc_vm_region *r)
{
    p->name = name_of(w, r);
    p->offset = p->value - r->range.start;
    memcpy(p->permissions, r->permissions, sizeof p->permissions);
}

/* The nearest regions of the program's; what we have mapped since may be anywhere. */
static const struct lc_vm_region *region_above(const struct lc_segments *s, uintptr_t address)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->regions[i].range.start > address && s->regions[i].kind != LC_REGION_OWN)
            return &s->regions[i];
    return NULL;
}

static const struct lc_vm_region *region_below(const struct lc_segments *s, uintptr_t address)
{
    for (size_t i = s->count; i-- > 0;)
        if (s->regions[i].range.end <= address && s->regions[i].kind != LC_REGION_OWN)
            return &s->regions[i];
    return NULL;
}

static bool is_stack_with_sp(const struct work *w, const struct lc_vm_region *r)
{
    const uintptr_t sp = register_of(w->death, REG_RSP);
    return r && r->kind == LC_REGION_STACK && sp + GUARD_BYTES >= r->range.start && sp < r->range.end;
}

static void add_unmapped(struct work *w, const char *of, uintptr_t address)
{
    const struct lc_vm_region *above = region_above(&w->regions, address);
    const struct lc_vm_region *below = region_below(&w->regions, address);
    if (address < NULL_BYTES) {
        add(w, of, address, LC_PLACE_NULL)->offset = address;
    } else if (is_stack_with_sp(w, above) && above->range.start - address <= GUARD_BYTES) {
        struct lc_place *p = add(w, of, address, LC_PLACE_OVERFLOW);
        p->name = name_of(w, above);
        p->offset = above->range.start - address;
    } else {
        struct lc_place *p = add(w, of, address, LC_PLACE_UNMAPPED);
        if (below) {
            p->name = name_of(w, below);
            p->gap_below = address - below->range.end;
        }
        if (above) {
            p->above = name_of(w, above);
            p->gap_above = above->range.start - address;
        }
    }
}

/* A file that is mapped beyond its end (mmap(2)). */
static bool add_past_file(struct work *w, const char *of, uintptr_t address, const struct lc_vm_region *r)
{
    struct stat st;
    if (w->death->signal != SIGBUS || lc_vm_region_is_anonymous(r) || !*r->name)
        return false;
    struct lc_place *p = add(w, of, address, LC_PLACE_PAST_FILE);
    fill_region(w, p, r);
    p->name = keep(r->name);
    uint64_t at = r->offset + p->offset;
    bool is_known = lc_sys_call(SYS_newfstatat, AT_FDCWD, (long)r->name, (long)&st, 0, 0, 0) == 0 && st.st_ino == r->inode;
    p->size = is_known ? (uint64_t)st.st_size : LC_PLACE_UNKNOWN;
    p->offset = is_known && at >= p->size ? at - p->size : LC_PLACE_UNKNOWN;
    return true;
}

static void add_region(struct work *w, const char *of, uintptr_t address, const struct lc_vm_region *r)
{
    bool is_below_stack = r + 1 < w->regions.regions + w->regions.count && lc_vm_region_touches(r, r + 1);
    if (r->kind == LC_REGION_GUARD && is_below_stack && is_stack_with_sp(w, r + 1)) {
        struct lc_place *p = add(w, of, address, LC_PLACE_OVERFLOW);
        p->name = name_of(w, r + 1);
        p->offset = r->range.end - address;
    } else if (!add_past_file(w, of, address, r)) {
        fill_region(w, add(w, of, address, LC_PLACE_REGION), r);
    }
}

static void add_memory(struct work *w, const char *of, uintptr_t address)
{
    const struct lc_vm_region *r = lc_segments_find(&w->regions, address);
    if (!w->regions.count)
        return;
    bool was_mapped = w->death->signal != SIGSEGV || w->death->info->si_code != SEGV_MAPERR;
    if (r && was_mapped)
        add_region(w, of, address, r);
    else
        add_unmapped(w, of, address);
}

static void fill_block(const struct work *w, struct lc_place *p, uint32_t site, uint64_t offset)
{
    const struct lc_site_key key = lc_site_get(site);
    p->offset = offset;
    p->size = key.size;
    p->site = lc_leaks_site(w->l->in, key.stack, lc_site_function(key));
}

static bool add_live_block(struct work *w, const char *of, uintptr_t address)
{
    lc_block_ref ref = w->l->is_scanned ? lc_blocks_find(&w->l->scan.blocks, address) : LC_BLOCK_NONE;
    uint32_t site = ref == LC_BLOCK_NONE ? LC_SITE_NONE : lc_blocks_site(&w->l->scan.blocks, ref);
    if (site == LC_SITE_NONE)
        return false;
    fill_block(w, add(w, of, address, LC_PLACE_BLOCK), site, address - lc_blocks_range(&w->l->scan.blocks, ref).start);
    return true;
}

/* The last block that starts before it holds it, or is freed, or ends; else the next one may be meant. */
static bool add_block(struct work *w, const char *of, uintptr_t address, uintptr_t reach)
{
    struct lc_heap_start s;
    if (add_live_block(w, of, address))
        return true;
    bool is_before = lc_heap_before(address, NEAR_BYTES, &s);
    if (is_before && lc_range_has(s.range, address)) {
        fill_block(w, add(w, of, address, s.is_freed ? LC_PLACE_FREED : LC_PLACE_BLOCK), s.site, address - s.range.start);
        return true;
    }
    uintptr_t gap = is_before && !s.is_freed ? address - s.range.end : reach;
    struct lc_heap_start next;
    if (lc_heap_behind(address, reach, &next) && !next.is_freed && next.range.start - address < gap && next.range.start - address <= reach) {
        fill_block(w, add(w, of, address, LC_PLACE_BEFORE_BLOCK), next.site, next.range.start - address);
        return true;
    }
    if (gap < reach)
        fill_block(w, add(w, of, address, LC_PLACE_PAST_BLOCK), s.site, gap);
    return gap < reach;
}

static void add_module(struct work *w, const char *of, uintptr_t value)
{
    const struct lc_vm_region *r = lc_segments_find(&w->regions, value);
    uint32_t module = r && r->kind != LC_REGION_OWN ? lc_modules_at(value) : UINT32_MAX;
    if (module == UINT32_MAX || module == lc_modules_at(w->l->in->function_addresses[0]))
        return;
    struct lc_place *p = add(w, of, value, LC_PLACE_MODULE);
    p->name = lc_modules_get(module)->path;
    p->offset = value - lc_modules_get(module)->bias;
    if (lc_vm_region_is_executable(r))
        p->site.stack = lc_depot_alone(value | LC_DEPOT_EXACT);
}

/* Of those that lead to a block, or into a module. */
static void add_registers(struct work *w)
{
    static const struct {
        const char *name;
        int number;
    } registers[] = {{"rax", REG_RAX}, {"rbx", REG_RBX}, {"rcx", REG_RCX}, {"rdx", REG_RDX}, {"rsi", REG_RSI},
                     {"rdi", REG_RDI}, {"rbp", REG_RBP}, {"r8", REG_R8},   {"r9", REG_R9},   {"r10", REG_R10},
                     {"r11", REG_R11}, {"r12", REG_R12}, {"r13", REG_R13}, {"r14", REG_R14}, {"r15", REG_R15}};
    for (size_t i = 0; i < LC_ARRAY_LEN(registers); i++) {
        const uintptr_t value = register_of(w->death, registers[i].number);
        const bool is_address = (intptr_t)(value << 16) >> 16 == (intptr_t)value;
        if (!is_address && w->death->signal == SIGSEGV && w->death->info->si_code == SI_KERNEL)
            add(w, registers[i].name, value, LC_PLACE_NON_CANONICAL);
        else if (is_address && !add_block(w, registers[i].name, value, NEXT_BYTES))
            add_module(w, registers[i].name, value);
    }
}

void lc_crash_collect(struct lc_findings *out, const struct lc_leaks *l, const struct lc_death *d, const struct lc_death_thread *thread)
{
    struct work w = {out, l, d, {l->regions->snapshot.regions, l->regions->snapshot.count}};
    struct lc_crash *c = &out->crash;
    const int code = d->info->si_code;
    const bool is_access = (d->signal == SIGSEGV || d->signal == SIGBUS) && code > 0 && code != SI_KERNEL;
    *c = (struct lc_crash){.is_known = true, .signal = d->signal, .code = code, .pc = register_of(d, REG_RIP)};
    c->tid = thread->tid;
    memcpy(c->thread, thread->name, sizeof c->thread);
    c->stack = thread->stack == LC_DEPOT_NONE ? LC_NONE : lc_depot_cut(thread->stack, (unsigned)l->in->options->num_callers);
    out->crash_count = lc_crash_is_error(c);
    if (code <= 0) {
        c->sender = d->info->si_pid;
        c->user = d->info->si_uid;
        return;
    }
    if (is_access) {
        c->has_address = true;
        c->address = (uintptr_t)d->info->si_addr;
        c->access = lc_crash_access(d);
        add_memory(&w, "address", c->address);
        add_block(&w, "address", c->address, NEAR_BYTES);
    }
    add_registers(&w);
}
