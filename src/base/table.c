#include "base/table.h"

#include "base/arena.h"
#include "base/sys.h"

#include <sys/mman.h>

#define FIRST_SIZE 128u

static size_t bytes_of(uint64_t size)
{
    return sizeof(struct lc_table_slots) + size * sizeof(struct lc_table_slot);
}

static bool claims(uint64_t *word, uint64_t value, uint64_t *there)
{
    *there = 0;
    return __atomic_compare_exchange_n(word, there, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Whoever comes first gives the value: returns it; LC_TABLE_MOVED: it must go to newer slots; 0: there is no room. */
static uint64_t place(struct lc_table_slots *s, uint64_t name, uint64_t value)
{
    for (uint64_t i = name; i - name <= s->mask; i++) {
        struct lc_table_slot *slot = &s->slot[i & s->mask];
        uint64_t there;
        if (!claims(&slot->name, name, &there) && there != name) {
            if (there == LC_TABLE_MOVED)
                return there;
            continue;
        }
        if (!claims(&slot->value, value, &there))
            return there;
        __atomic_fetch_add(&s->used, 1, __ATOMIC_RELAXED);
        return value;
    }
    return 0;
}

/* The value of `name`, or 0: then there will never be one here. */
static uint64_t close_name(struct lc_table_slots *s, uint64_t name)
{
    const uint64_t value = place(s, name, LC_TABLE_MOVED);
    return value == LC_TABLE_MOVED ? 0 : value;
}

static void close_slot(struct lc_table_slot *slot, struct lc_table_slots *to, bool (*is_kept)(uint64_t value))
{
    uint64_t name, value;
    if (claims(&slot->name, LC_TABLE_MOVED, &name) || name == LC_TABLE_MOVED ||
        claims(&slot->value, LC_TABLE_MOVED, &value) || value == LC_TABLE_MOVED)
        return;
    if (!is_kept || is_kept(value))
        place(to, name, value);
}

/* Old slots become empty, and their pages are given back; who still looks there finds nothing. */
static void empty(struct lc_table_slots *s)
{
    uintptr_t start = lc_align_up((uintptr_t)s->slot, LC_PAGE_SIZE);
    uintptr_t end = lc_align_up((uintptr_t)s + bytes_of(s->mask + 1), LC_PAGE_SIZE);
    if (start < end)
        lc_sys_madvise(start, end - start, MADV_DONTNEED);
}

/* Fetches what is still in the previous slots. Several may do it at a time. */
static void fetch(struct lc_table_slots *s)
{
    struct lc_table_slots *previous = __atomic_load_n(&s->previous, __ATOMIC_SEQ_CST);
    for (uint64_t i = 0; previous && i <= previous->mask; i++) {
        close_slot(&previous->slot[i], s, s->is_kept);
        if (i % 256 == 0 && __atomic_load_n(&s->previous, __ATOMIC_RELAXED) != previous)
            return; /* somebody else was faster */
    }
    if (previous &&
        __atomic_compare_exchange_n(&s->previous, &previous, NULL, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        empty(previous);
}

/* Goes over from `old`, which have fetched all, to new slots, unless somebody else does. They are in use at once: who finds nothing there looks at the
 * previous ones, and who is still adding to these adds to the new ones, too. */
static void change(struct lc_table *t, struct lc_table_slots *old, uint64_t size, const char *what,
                   bool (*is_kept)(uint64_t value))
{
    struct lc_table_slots *fresh = lc_pages_map_now(bytes_of(size), what), *current = old;
    if (!fresh)
        return;
    *fresh = (struct lc_table_slots){.previous = old, .is_kept = is_kept, .what = what, .mask = size - 1};
    if (__atomic_compare_exchange_n(&t->slots, &current, fresh, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        fetch(fresh);
    else
        lc_pages_unmap(fresh, bytes_of(size));
}

/* A name is either in the previous slots or in the new ones; or in none, while it is added. What was read counts only
 * if it was still these two that were read. */
LC_COLD uint64_t lc_table_find_moving(const struct lc_table *t, uint64_t name)
{
    for (;;) {
        const struct lc_table_slots *s = __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST);
        const struct lc_table_slots *previous = __atomic_load_n(&s->previous, __ATOMIC_SEQ_CST);
        uint64_t value = previous ? lc_table_slots_find(previous, name) : 0;
        if (!value || value == LC_TABLE_MOVED)
            value = lc_table_slots_find(s, name);
        if (__atomic_load_n(&t->slots, __ATOMIC_SEQ_CST) == s && __atomic_load_n(&s->previous, __ATOMIC_SEQ_CST) == previous)
            return value == LC_TABLE_MOVED ? 0 : value;
    }
}

/* Three quarters full is full: then a name is two places from its own on average. What has not moved yet needs its
 * place, too. */
static bool has_room(struct lc_table_slots *s)
{
    const struct lc_table_slots *previous = __atomic_load_n(&s->previous, __ATOMIC_SEQ_CST);
    const uint64_t coming = previous ? __atomic_load_n(&previous->used, __ATOMIC_RELAXED) : 0;
    return __atomic_load_n(&s->used, __ATOMIC_RELAXED) + coming <= s->mask - s->mask / 4;
}

static struct lc_table_slots *with_room(struct lc_table *t, const char *what)
{
    struct lc_table_slots *s = __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST);
    if (LC_LIKELY(s && has_room(s)))
        return s;
    if (s)
        fetch(s);
    if (!s || !has_room(s))
        change(t, s, s ? (s->mask + 1) * 2 : FIRST_SIZE, what, NULL);
    return __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST);
}

uint64_t lc_table_add(struct lc_table *t, uint64_t name, uint64_t value, const char *what)
{
    for (;;) {
        struct lc_table_slots *s = with_room(t, what);
        if (!s)
            return 0;
        struct lc_table_slots *previous = __atomic_load_n(&s->previous, __ATOMIC_SEQ_CST);
        const uint64_t moving = LC_UNLIKELY(previous != NULL) ? close_name(previous, name) : 0;
        const uint64_t there = place(s, name, moving ? moving : value);
        if (LC_LIKELY(__atomic_load_n(&t->slots, __ATOMIC_SEQ_CST) == s))
            return there;
    } /* while we were at it, the table went over to others */
}

void lc_table_filter(struct lc_table *t, bool (*is_kept)(uint64_t value))
{
    struct lc_table_slots *s = __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST);
    if (!s)
        return;
    fetch(s);
    change(t, s, s->mask + 1, s->what, is_kept);
}
