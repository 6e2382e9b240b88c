/* A map from 64-bit names to 64-bit values that is only ever added to. Finding takes no lock and adding takes none
 * either, so that a signal handler, or the child of a fork, may do both whatever was interrupted. It starts small and
 * doubles. Zeroes are an empty one. */
#ifndef LC_BASE_TABLE_H
#define LC_BASE_TABLE_H

#include "base/compiler.h"

/* Neither a name nor a value: there will be none here any more, but in newer slots. */
#define LC_TABLE_MOVED UINT64_MAX

struct lc_table_slot {
    uint64_t name, value; /* atomic; 0: none (yet) */
};

struct lc_table_slots {
    struct lc_table_slots *previous; /* atomic; what they hold is on its way into these, by whoever has the time */
    bool (*is_kept)(uint64_t value); /* of that; NULL: everything */
    const char *what;
    uint64_t mask, used; /* `used` is atomic */
    struct lc_table_slot slot[];
};

struct lc_table {
    struct lc_table_slots *slots; /* atomic; older ones are emptied, never unmapped: a reader may stand in one */
};

/* The value of `name` there, 0 or LC_TABLE_MOVED. */
static inline uint64_t lc_table_slots_find(const struct lc_table_slots *s, uint64_t name)
{
    for (uint64_t i = name; i - name <= s->mask; i++) {
        const struct lc_table_slot *slot = &s->slot[i & s->mask];
        const uint64_t there = __atomic_load_n(&slot->name, __ATOMIC_SEQ_CST);
        if (there == name)
            return __atomic_load_n(&slot->value, __ATOMIC_SEQ_CST);
        if (there == 0 || there == LC_TABLE_MOVED)
            return there;
    }
    return 0; /* full to the last, when memory is exhausted */
}

/* The slow half of lc_table_find: while the table changes. */
uint64_t lc_table_find_moving(const struct lc_table *t, uint64_t name);

/* The value of `name` (which has bits as good as random), or 0. Any thread, any signal handler. */
static inline uint64_t lc_table_find(const struct lc_table *t, uint64_t name)
{
    const struct lc_table_slots *s = __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST);
    if (LC_UNLIKELY(!s))
        return 0;
    const uint64_t value = lc_table_slots_find(s, name);
    const bool is_quiet = !__atomic_load_n(&s->previous, __ATOMIC_SEQ_CST) && __atomic_load_n(&t->slots, __ATOMIC_SEQ_CST) == s;
    return LC_LIKELY(is_quiet) ? value : lc_table_find_moving(t, name);
}

/* Adds `value` (not 0), unless there is one: returns what is there then, or 0 when memory is exhausted. Slots are
 * for `what` (a literal, shown in the memory map). As lc_table_find. */
uint64_t lc_table_add(struct lc_table *t, uint64_t name, uint64_t value, const char *what);

/* Forgets what `is_kept` says no to. As lc_table_find; what others add meanwhile stays. */
void lc_table_filter(struct lc_table *t, bool (*is_kept)(uint64_t value));

#endif
