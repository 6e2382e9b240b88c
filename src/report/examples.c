#include "report/examples.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "record/depot.h"
#include "record/site.h"
#include "scan/segments.h"
#include "vm/proc.h"

#include <string.h>
#include <ucontext.h>

#define HOPS_MAX 12 /* words of one way; what is farther from the root is left out */
#define STEPS_MAX ((size_t)100000)

struct work {
    struct lc_leaks *l;
    const uint32_t *leak_of;
    bool *is_done; /* by leak */
    size_t step_capacity;
    size_t left; /* leaks without an example */
};

static bool is_cxx(uint32_t site)
{
    return lc_function_family(lc_site_function(lc_site_get(site))) != LC_FAMILY_MALLOC;
}

/* The first word, if it points to constant data of a file that is loaded. */
static uintptr_t vtable_of(const struct lc_leaks *l, struct lc_range block)
{
    const struct lc_segments s = {l->regions->snapshot.regions, l->regions->snapshot.count};
    uintptr_t word = 0;
    if (lc_range_size(block) < sizeof word || lc_sys_copy(&word, block.start, sizeof word) != sizeof word || word % sizeof word)
        return 0;
    const struct lc_vm_region *r = lc_segments_find(&s, word);
    bool is_constant = r && lc_vm_region_is_private_file(r) && !lc_vm_region_is_writable(r) && !lc_vm_region_is_executable(r);
    return is_constant ? word : 0;
}

static enum lc_holder holder_of(enum lc_root_kind kind)
{
    static const unsigned char holders[] = {
        [LC_ROOT_GLOBALS] = LC_HOLDER_GLOBALS, [LC_ROOT_STACK] = LC_HOLDER_STACK,
        [LC_ROOT_REGISTERS] = LC_HOLDER_REGISTER, [LC_ROOT_TLS] = LC_HOLDER_TLS,
        [LC_ROOT_MAPPING] = LC_HOLDER_MAPPING, [LC_ROOT_SHARED] = LC_HOLDER_SHARED,
        [LC_ROOT_USER] = LC_HOLDER_USER,
    };
    return (enum lc_holder)holders[kind];
}

/* General registers by their order: DWARF's for the thread that checks, the kernel's (sys/ucontext.h) for the others. */
static const char *register_name(const struct lc_root *root, uintptr_t word)
{
    static const char *const dwarf[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                        "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip"};
    static const char *const kernel[] = {"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
                                         "rdi", "rsi", "rbp", "rbx", "rdx", "rax", "rcx", "rsp"};
    static_assert(REG_R8 == 0 && REG_RDI == 8 && REG_RSP == 15, "the kernel's order");
    const size_t index = (word - root->range.start) / sizeof word, count = lc_range_size(root->range) / sizeof word;
    return count == LC_ARRAY_LEN(dwarf) ? dwarf[index] : count == LC_ARRAY_LEN(kernel) ? kernel[index] : "vector";
}

static struct lc_step step_of_block(const struct lc_leaks *l, lc_block_ref ref, uintptr_t word)
{
    const struct lc_blocks *b = &l->scan.blocks;
    struct lc_range r = lc_blocks_range(b, ref);
    uint32_t site = lc_blocks_site(b, ref);
    struct lc_step step = {.holder = LC_HOLDER_BLOCK, .word = word, .name = "", .offset = word - r.start, .size = lc_range_size(r)};
    if (site == LC_SITE_NONE) {
        const struct lc_extra *e = &b->extras[ref & ~LC_EXTRA_BIT];
        step.site = lc_leaks_site(l->in, e->stack, e->function);
    } else {
        step.site = lc_leaks_site(l->in, lc_site_get(site).stack, lc_site_function(lc_site_get(site)));
    }
    return step;
}

static struct lc_step step_of(const struct lc_leaks *l, const struct lc_hop *hop)
{
    if (hop->block != LC_BLOCK_NONE)
        return step_of_block(l, hop->block, hop->word);
    struct lc_step step = {.holder = LC_HOLDER_UNKNOWN, .word = hop->word, .name = "", .site = {"", 0, LC_DEPOT_NONE}};
    if (!hop->root)
        return step;
    if (hop->frame)
        step.site.stack = lc_depot_alone(hop->frame->pc | (hop->frame->is_exact ? LC_DEPOT_EXACT : 0));
    step.holder = holder_of(hop->root->kind);
    step.tid = hop->root->tid;
    if (step.holder == LC_HOLDER_REGISTER) {
        step.name = register_name(hop->root, hop->word);
        step.word = 0;
    }
    return step;
}

/* The way to `ref`, found from its end; the root comes first in the findings. */
static void add_way(struct work *w, uint32_t leak, lc_block_ref ref)
{
    struct lc_findings *out = w->l->out;
    struct lc_step way[HOPS_MAX];
    struct lc_hop hop;
    size_t count = 0;
    while (count < HOPS_MAX && ref != LC_BLOCK_NONE && lc_scan_hop(&w->l->scan, ref, &hop)) {
        way[count] = step_of(w->l, &hop);
        way[count++].leak = leak;
        ref = hop.block;
    }
    while (count && out->step_count < w->step_capacity)
        out->steps[out->step_count++] = way[--count];
}

static void look_at(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct work *w = context;
    const struct lc_blocks *b = &w->l->scan.blocks;
    uint32_t site = lc_blocks_site(b, ref);
    if (!w->left || site >= w->l->scan.site_count)
        return;
    uint32_t id = w->leak_of[(size_t)site * LC_CLASS_COUNT + lc_scan_class(*mark)];
    if (!id || w->is_done[id - 1])
        return;
    struct lc_leak *leak = &w->l->out->leaks[id - 1];
    w->is_done[id - 1] = true;
    w->left--;
    if (is_cxx(site))
        leak->vtable = vtable_of(w->l, lc_blocks_range(b, ref));
    if (w->l->in->options->show_root_path)
        add_way(w, leak->id, ref);
}

static void add_why(struct work *w)
{
    const char *at = w->l->in->options->why;
    uint64_t address;
    at += strncmp(at, "0x", 2) == 0 ? 2 : 0;
    if (!lc_proc_number(&at, 16, &address))
        return;
    lc_block_ref ref = lc_blocks_find(&w->l->scan.blocks, (uintptr_t)address);
    if (ref != LC_BLOCK_NONE)
        add_way(w, LC_NONE, ref);
}

void lc_examples_collect(struct lc_leaks *l, const uint32_t *leak_of)
{
    struct lc_findings *out = l->out;
    const struct lc_options *o = l->in->options;
    struct work w = {.l = l, .leak_of = leak_of, .left = out->leak_count};
    size_t most = out->leak_count * HOPS_MAX + HOPS_MAX;
    w.is_done = lc_pages_map(out->leak_count + 1, "report");
    if (o->show_root_path || o->why[0])
        out->steps = lc_pages_map((most < STEPS_MAX ? most : STEPS_MAX) * sizeof out->steps[0], "report");
    w.step_capacity = out->steps ? (most < STEPS_MAX ? most : STEPS_MAX) : 0;
    if (w.is_done)
        lc_blocks_each(&l->scan.blocks, look_at, &w);
    if (o->why[0])
        add_why(&w);
    if (w.is_done)
        lc_pages_unmap(w.is_done, out->leak_count + 1);
}
