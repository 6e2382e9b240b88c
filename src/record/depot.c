#include "record/depot.h"

#include "base/hash.h"
#include "base/table.h"
#include "base/vec.h"
#include "record/modules.h"

static struct {
    struct lc_vec frames;
    struct lc_table by_name; /* of the stack from the frame outwards: its number + 1 */
    unsigned deepest;        /* frames of the deepest stack so far; atomic */
} depot = {.frames = LC_VEC_OF(struct lc_depot_frame)};

static bool is_in_module(uint32_t module, uintptr_t pc)
{
    return module != UINT32_MAX && lc_range_has(lc_modules_get(module)->range, pc);
}

/* Most callers are of the module of the called. */
static uint32_t module_of(const struct lc_traced *frame, uint32_t outer)
{
    const uintptr_t pc = lc_traced_pc(frame) - !lc_traced_is_exact(frame);
    const uint32_t near = outer == LC_DEPOT_NONE ? UINT32_MAX : lc_depot_get(outer)->module;
    return is_in_module(near, pc) ? near : lc_modules_at(pc);
}

static uint32_t add_frame(struct lc_depot_frame f, uint64_t name)
{
    const uint32_t id = lc_vec_claim(&depot.frames, "stacks");
    if (id == LC_DEPOT_NONE)
        return id;
    *(struct lc_depot_frame *)lc_vec_at(&depot.frames, id) = f;
    return (uint32_t)(lc_table_add(&depot.by_name, name, id + 1, "stacks") - 1);
}

/* The number of the stack that is the `i`-th frame of `s` on top of `outer`. */
static uint32_t add(const struct lc_unwound *s, unsigned i, uint32_t outer)
{
    uintptr_t address = s->frames[i].pc & (LC_DEPOT_ADDRESS | LC_DEPOT_EXACT);
    if (s->truncated && i == s->count - 1)
        address |= LC_DEPOT_CUT;
    return add_frame((struct lc_depot_frame){address, outer, module_of(&s->frames[i], outer)}, s->more[i].name);
}

static void note_depth(unsigned count)
{
    unsigned deepest = __atomic_load_n(&depot.deepest, __ATOMIC_RELAXED);
    while (count > deepest && !__atomic_compare_exchange_n(&depot.deepest, &deepest, count, true, __ATOMIC_RELAXED,
                                                           __ATOMIC_RELAXED))
        ;
}

/* A tag is the number of the stack from its frame outwards, plus 1. */
uint32_t lc_depot_intern(const struct lc_unwound *s)
{
    unsigned i = 0;
    while (i < s->count && !s->more[i].tag && !(s->more[i].tag = (uint32_t)lc_table_find(&depot.by_name, s->more[i].name)))
        i++;
    if (i > 0)
        note_depth(s->count);
    uint32_t id = i < s->count ? s->more[i].tag - 1 : LC_DEPOT_NONE;
    while (i-- > 0 && (id = add(s, i, id)) != LC_DEPOT_NONE)
        s->more[i].tag = id + 1;
    return id;
}

/* Names of what the report cuts itself begin with this, so that they are nobody else's. */
#define CUT_HERE ((uint64_t)4)

/* `f` on top of a stack of that kind, whose name is in `*name`. */
static uint32_t put(struct lc_depot_frame f, uint64_t *name)
{
    *name = lc_hash_mix(lc_hash_mix(*name, f.address), f.module);
    const uint64_t known = lc_table_find(&depot.by_name, *name);
    return known ? (uint32_t)known - 1 : add_frame(f, *name);
}

uint32_t lc_depot_cut(uint32_t stack, unsigned limit)
{
    uint32_t frames[LC_FRAMES_MAX];
    unsigned count = 0;
    uint32_t outer = stack;
    if (limit >= __atomic_load_n(&depot.deepest, __ATOMIC_RELAXED))
        return stack;
    for (; outer != LC_DEPOT_NONE && count < limit && count < LC_FRAMES_MAX; outer = lc_depot_get(outer)->outer)
        frames[count++] = outer;
    if (outer == LC_DEPOT_NONE)
        return stack;
    uint64_t name = CUT_HERE;
    uint32_t id = LC_DEPOT_NONE;
    for (unsigned i = count; i-- > 0;) {
        struct lc_depot_frame f = *lc_depot_get(frames[i]);
        f.address |= i == count - 1 ? LC_DEPOT_CUT : 0;
        f.outer = id;
        id = put(f, &name);
        if (id == LC_DEPOT_NONE)
            return stack;
    }
    return id;
}

uint32_t lc_depot_alone(uintptr_t address)
{
    uint64_t name = CUT_HERE;
    const struct lc_traced frame = {address, 0};
    return put((struct lc_depot_frame){address | LC_DEPOT_CUT, LC_DEPOT_NONE, module_of(&frame, LC_DEPOT_NONE)}, &name);
}

uint32_t lc_depot_count(void)
{
    return lc_vec_count(&depot.frames);
}

const struct lc_depot_frame *lc_depot_get(uint32_t frame)
{
    return lc_vec_at(&depot.frames, frame);
}

static bool is_current(uint64_t value)
{
    return !lc_depot_is_retired((uint32_t)value - 1);
}

/* Outer frames come first. */
void lc_depot_retire_closed(void)
{
    const uint32_t count = lc_depot_count();
    for (uint32_t i = 0; i < count; i++) {
        struct lc_depot_frame *f = lc_vec_at(&depot.frames, i);
        const bool is_closed = f->module != UINT32_MAX && lc_modules_get(f->module)->is_closed;
        if (f->address && (is_closed || lc_depot_is_retired(f->outer)))
            __atomic_fetch_or(&f->address, LC_DEPOT_RETIRED, __ATOMIC_RELAXED);
    }
    lc_table_filter(&depot.by_name, is_current);
}
