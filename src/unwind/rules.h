/* The rules of the code that a thread has been through lately. */
#ifndef LC_UNWIND_RULES_H
#define LC_UNWIND_RULES_H

#include "unwind/rule.h"

#include <string.h>

enum { LC_RULES_BITS = 11 };

/* Direct-mapped; zeroes are an empty one. */
struct lc_rules {
    struct {
        uint64_t key;
        struct lc_rule rule;
    } entry[1 << LC_RULES_BITS];
};

static inline void lc_rules_forget(struct lc_rules *rules)
{
    memset(rules, 0, sizeof *rules);
}

/* The rule for `f`, decoded (in the memory of `w`) if it is not there. */
static LC_ALWAYS_INLINE struct lc_rule lc_rules_get(struct lc_rules *rules, struct lc_walker *w,
                                                    const struct lc_frame *f)
{
    const uint64_t key = f->pc << 1 | f->exact;
    const uint64_t golden = 0x9e3779b97f4a7c15; /* Knuth's multiplicative hashing: the high bits are mixed */
    const unsigned index = (unsigned)(key * golden >> (64 - LC_RULES_BITS));
    if (LC_UNLIKELY(rules->entry[index].key != key)) {
        rules->entry[index].rule = lc_rule_decode(w, f);
        rules->entry[index].key = key;
    }
    return rules->entry[index].rule;
}

#endif
