/* The rules of the code that has been through here: a thread's own, for the places that it was at lately, over
 * those of all threads. */
#ifndef LC_UNWIND_RULES_H
#define LC_UNWIND_RULES_H

#include "unwind/rule.h"

/* On cc1plus, whose stacks are through tens of thousands of places, 2^11 rules cost a capture 10 % more than
 * 2^12, and 2^13 5 % less. */
enum { LC_RULES_BITS = 12 };

/* Direct-mapped; zeroes are an empty one. Code that is together is together here, so that a small program
 * touches few pages. */
struct lc_rules {
    struct {
        uint64_t key;
        struct lc_rule rule;
    } entry[1 << LC_RULES_BITS];
};

void lc_rules_forget(struct lc_rules *rules);

/* The slow half of lc_rules_get. */
struct lc_rule lc_rules_find(struct lc_walker *w, const struct lc_frame *f, uint64_t key);

/* The rule for `f`, decoded (in the memory of `w`) if no thread has met it. */
static LC_ALWAYS_INLINE struct lc_rule lc_rules_get(struct lc_rules *rules, struct lc_walker *w,
                                                    const struct lc_frame *f)
{
    const uint64_t key = f->pc << 1 | f->exact;
    const unsigned index = (key >> 2 ^ key >> 13) & ((1 << LC_RULES_BITS) - 1);
    if (LC_UNLIKELY(rules->entry[index].key != key)) {
        rules->entry[index].rule = lc_rules_find(w, f, key);
        rules->entry[index].key = key;
    }
    return rules->entry[index].rule;
}

/* For every thread: code was unmapped. (The threads' own rules go by lc_rules_forget.) */
void lc_rules_forget_shared(void);

#endif
