#include "record/track.h"

#include "record/captured.h"
#include "record/depot.h"
#include "record/heap.h"
#include "record/modules.h"
#include "record/thread.h"
#include "unwind/unwinder.h"

static bool has_dropped; /* atomic: from then on a block that we do not know may be a good one */

int lc_track_init(const struct lc_track_settings *s)
{
    int rc = lc_thread_init();
    return rc ? rc : lc_heap_init(s->granule);
}

static LC_ALWAYS_INLINE uint64_t capture(struct lc_thread *t, struct lc_recorder *r, const struct lc_context *caller)
{
    const uint64_t name = lc_unwinder_capture(r->unwinder, caller);
    t->counters.truncated_stacks += name & LC_NAME_LOST;
    return name;
}

static uint32_t intern_stack(struct lc_recorder *r, const struct lc_context *caller, uint64_t name)
{
    const struct lc_unwound s = lc_unwound(r->unwinder, caller, name);
    return lc_depot_intern(&s);
}

static LC_NOINLINE uint32_t add_site(struct lc_recorder *r, const struct lc_context *caller, uint64_t stack_name, uint64_t size,
                                     uint32_t function)
{
    const struct lc_site_key key = {size, intern_stack(r, caller, stack_name), function};
    return lc_site_add(lc_site_name(stack_name, size, function), &key);
}

/* A handler has interrupted a handler: the block is remembered without its stack. */
static LC_COLD uint32_t site_without_stack(struct lc_thread *t, uint64_t size, uint32_t function)
{
    const uint64_t name = lc_site_name(LC_NAME_LOST, size, function);
    const uint32_t site = lc_site_look_up(name);
    t->counters.truncated_stacks++;
    const struct lc_site_key key = {size, LC_DEPOT_NONE, function};
    return site != LC_SITE_NONE ? site : lc_site_add(name, &key);
}

static LC_ALWAYS_INLINE uint32_t capture_site(struct lc_thread *t, uint64_t size, enum lc_function f,
                                              const struct lc_context *caller)
{
    struct lc_recorder *r = lc_thread_borrow(t);
    const uint32_t function = LC_UNLIKELY(t->disabled) ? f | LC_SITE_IGNORED : f;
    if (LC_UNLIKELY(!r))
        return site_without_stack(t, size, function);
    const uint64_t stack_name = capture(t, r, caller);
    uint32_t site = lc_site_find(&r->sites, lc_site_name(stack_name, size, function));
    if (LC_UNLIKELY(site == LC_SITE_NONE))
        site = add_site(r, caller, stack_name, size, function);
    lc_verify_captured(caller, site == LC_SITE_NONE ? LC_DEPOT_NONE : lc_site_get(site).stack);
    lc_thread_return(t);
    return site;
}

static uint32_t capture_stack(const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    struct lc_recorder *r = t ? lc_thread_borrow(t) : NULL;
    if (!r)
        return LC_DEPOT_NONE;
    const uint32_t stack = intern_stack(r, caller, capture(t, r, caller));
    lc_verify_captured(caller, stack);
    lc_thread_return(t);
    return stack;
}

static inline void count_alloc(struct lc_thread *t, uint64_t size)
{
    t->counters.allocations++;
    t->counters.bytes += size;
    lc_thread_count_live(t, (int64_t)size);
}

static inline void count_free(struct lc_thread *t, uint64_t size)
{
    t->counters.frees++;
    lc_thread_count_live(t, -(int64_t)size);
}

static LC_ALWAYS_INLINE void put(struct lc_thread *t, uintptr_t address, uint64_t size, enum lc_function f, const struct lc_context *caller)
{
    uint32_t replaced = LC_SITE_NONE;
    uint32_t *slot = lc_heap_slot(address);
    __builtin_prefetch(slot, 1); /* comes while the stack is captured */
    const uint32_t site = capture_site(t, size, f, caller);
    if (LC_UNLIKELY(site == LC_SITE_NONE || !lc_heap_put_at(slot, address, site, &replaced))) {
        t->counters.dropped++;
        __atomic_store_n(&has_dropped, true, __ATOMIC_RELAXED);
        return;
    }
    if (LC_UNLIKELY(replaced != LC_SITE_NONE))
        count_free(t, lc_site_get(replaced).size);
    count_alloc(t, size);
}

/* Inside a C++ door: remembered until it closes, or, when there is no room, recorded at once. */
static bool note_nested(struct lc_thread *t, uintptr_t address, uint64_t size, enum lc_function f)
{
    if (t->nested_count == LC_NESTED_MAX)
        return false;
    t->nested[t->nested_count].address = address;
    t->nested[t->nested_count].size = size;
    t->nested[t->nested_count].function = f;
    t->nested_count++;
    return true;
}

static bool forget_nested(struct lc_thread *t, uintptr_t address)
{
    for (unsigned i = 0; i < t->nested_count; i++)
        if (t->nested[i].address == address) {
            t->nested[i] = t->nested[--t->nested_count];
            return true;
        }
    return false;
}

/* What was allocated while the outermost door was open, and is still live. */
static void record_nested(struct lc_thread *t, const struct lc_context *caller)
{
    for (unsigned i = 0; i < t->nested_count; i++)
        put(t, t->nested[i].address, t->nested[i].size, t->nested[i].function, caller);
    t->nested_count = 0;
}

/* Doors whose caller's frame is gone were left by a longjmp, or by an exception through code of which nobody
 * told us. */
static void leave_stale(struct lc_thread *t, const struct lc_context *caller)
{
    if (LC_LIKELY(caller->sp <= t->nesting_sp))
        return;
    t->nesting = 0;
    record_nested(t, caller);
}

/* The block that the runtime made for the one at `address`: the same, or, where operator new was replaced, one
 * with a header before it and little behind. (What is much larger is a pool, and stays a block of its own.) */
static void forget_made_for(struct lc_thread *t, uintptr_t address, uint64_t size)
{
    enum { SLACK = 16 };
    for (unsigned i = 0; i < t->nested_count; i++) {
        uintptr_t start = t->nested[i].address, end = start + t->nested[i].size;
        if (address == start || (address > start && address + size <= end && end - (address + size) < SLACK)) {
            forget_nested(t, start);
            return;
        }
    }
}

void lc_track_alloc(void *p, size_t size, enum lc_function f, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    if (LC_UNLIKELY(!t))
        return;
    if (LC_UNLIKELY(t->nesting))
        leave_stale(t, caller);
    if (LC_UNLIKELY(t->nesting) && note_nested(t, (uintptr_t)p, size, f))
        return;
    put(t, (uintptr_t)p, size, f, caller);
}

static LC_COLD void note_error(struct lc_thread *t, enum lc_wrong_free kind, uintptr_t address, uint32_t origin,
                               enum lc_function f, const struct lc_context *caller)
{
    t->counters.unknown_frees += kind == LC_FREE_UNKNOWN;
    if (kind != LC_FREE_MISMATCHED && __atomic_load_n(&has_dropped, __ATOMIC_RELAXED))
        return;
    lc_errors_add((struct lc_error_record){kind, f, capture_stack(caller), origin, address, 0});
}

/* Takes the block out of the table, and notes what is wrong with that. */
static LC_ALWAYS_INLINE uint32_t take(struct lc_thread *t, uintptr_t address, enum lc_function f, const struct lc_context *caller)
{
    uint32_t site = LC_SITE_NONE;
    enum lc_heap_answer answer = lc_heap_take(address, &site);
    if (LC_UNLIKELY(answer != LC_HEAP_TAKEN && t->nesting)) /* a replaced operator's own, with a header */
        return LC_SITE_NONE;
    if (LC_UNLIKELY(answer != LC_HEAP_TAKEN)) {
        note_error(t, answer == LC_HEAP_FREED ? LC_FREE_TWICE : LC_FREE_UNKNOWN, address, site, f, caller);
        return LC_SITE_NONE;
    }
    if (LC_UNLIKELY(lc_site_family(site) != lc_function_family(f)))
        note_error(t, LC_FREE_MISMATCHED, address, site, f, caller);
    count_free(t, lc_site_get(site).size);
    return site;
}

void lc_track_free(void *p, enum lc_function f, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    if (LC_UNLIKELY(!t))
        return;
    uintptr_t address = (uintptr_t)p;
    if (LC_UNLIKELY(t->nesting) && (forget_nested(t, address) || address == t->released))
        return;
    take(t, address, f, caller);
}

struct lc_ticket lc_track_take(void *p, enum lc_function f, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    struct lc_ticket ticket = {(uintptr_t)p, LC_SITE_NONE};
    if (LC_UNLIKELY(!t) || (LC_UNLIKELY(t->nesting) && forget_nested(t, ticket.address)))
        return ticket;
    ticket.site = take(t, ticket.address, f, caller);
    return ticket;
}

void lc_track_restore(struct lc_ticket ticket)
{
    struct lc_thread *t = lc_thread_self();
    uint32_t replaced;
    if (ticket.site == LC_SITE_NONE || !lc_heap_put(ticket.address, ticket.site, &replaced))
        return;
    uint64_t size = lc_site_get(ticket.site).size;
    t->counters.frees--;
    lc_thread_count_live(t, (int64_t)size);
}

static void open_door(struct lc_thread *t, const struct lc_context *caller)
{
    if (LC_UNLIKELY(t->nesting))
        leave_stale(t, caller);
    if (t->nesting++ == 0)
        t->nesting_sp = caller->sp;
}

static void close_door(struct lc_thread *t, const struct lc_context *caller)
{
    if (t->nesting && --t->nesting == 0)
        record_nested(t, caller);
}

bool lc_track_enter(const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    if (LC_UNLIKELY(!t))
        return false;
    open_door(t, caller);
    return true;
}

void lc_track_leave(void *p, size_t size, enum lc_function f, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    if (p)
        forget_made_for(t, (uintptr_t)p, size);
    bool is_outermost = t->nesting <= 1;
    if (p && is_outermost)
        put(t, (uintptr_t)p, size, f, caller);
    else if (p && !note_nested(t, (uintptr_t)p, size, f))
        put(t, (uintptr_t)p, size, f, caller);
    close_door(t, caller);
}

bool lc_track_enter_delete(void *p, enum lc_function f, const struct lc_context *caller, uintptr_t *outer)
{
    struct lc_thread *t = lc_thread_self();
    if (LC_UNLIKELY(!t))
        return false;
    lc_track_free(p, f, caller);
    *outer = t->released;
    t->released = (uintptr_t)p;
    open_door(t, caller);
    return true;
}

void lc_track_leave_delete(uintptr_t outer, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    t->released = outer;
    close_door(t, caller);
}

void lc_track_disable(void)
{
    struct lc_thread *t = lc_thread_self();
    if (t)
        t->disabled++;
}

void lc_track_enable(void)
{
    struct lc_thread *t = lc_thread_self();
    if (t && t->disabled)
        t->disabled--;
}

bool lc_track_ignore(const void *p)
{
    uint32_t site, replaced;
    if (lc_heap_take((uintptr_t)p, &site) != LC_HEAP_TAKEN)
        return false;
    const uint32_t ignored = lc_site_ignored(site);
    return lc_heap_put((uintptr_t)p, ignored == LC_SITE_NONE ? site : ignored, &replaced);
}

void lc_track_map(struct lc_range range, enum lc_function f, const struct lc_context *caller)
{
    struct lc_thread *t = lc_thread_self();
    if (t && !lc_mappings_add((struct lc_mapping){range, capture_stack(caller), f}))
        t->counters.dropped++;
}

void lc_track_unmap(struct lc_range range)
{
    struct lc_thread *t = lc_thread_self();
    if (t && !lc_mappings_remove(range))
        t->counters.dropped++;
}

struct lc_mapping lc_track_take_mapping(struct lc_range range)
{
    struct lc_mapping m;
    if (lc_range_is_empty(range) || !lc_mappings_find(range, &m))
        return (struct lc_mapping){0};
    lc_track_unmap(range);
    m.range = range;
    return m;
}

void lc_track_restore_mapping(struct lc_mapping m)
{
    lc_mappings_add(m);
}

void lc_track_detach(uintptr_t start)
{
    struct lc_mapping m;
    if (lc_mappings_find((struct lc_range){start, start + 1}, &m) && m.range.start == start)
        lc_track_unmap(m.range);
}

void lc_track_modules_changed(void)
{
    if (!lc_modules_sweep())
        return;
    lc_depot_retire_closed();
    lc_site_retire();
    lc_unwind_forget_modules();
}
