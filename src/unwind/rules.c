#include "unwind/rules.h"

#include "base/hash.h"
#include "base/table.h"

#include <string.h>

static struct lc_table shared;

void lc_rules_forget(struct lc_rules *rules)
{
    memset(rules, 0, sizeof *rules);
}

/* Packed, a rule is not 0: it has a kind. */
static uint64_t pack(struct lc_rule rule)
{
    uint64_t word;
    static_assert(sizeof word == sizeof rule, "a rule is a word");
    memcpy(&word, &rule, sizeof word);
    return word;
}

static struct lc_rule unpack(uint64_t word)
{
    struct lc_rule rule;
    memcpy(&rule, &word, sizeof rule);
    return rule;
}

LC_COLD struct lc_rule lc_rules_find(struct lc_walker *w, const struct lc_frame *f, uint64_t key)
{
    const uint64_t name = lc_hash_name(key);
    const uint64_t known = lc_table_find(&shared, name);
    if (known)
        return unpack(known);
    const struct lc_rule rule = lc_rule_decode(w, f);
    lc_table_add(&shared, name, pack(rule), "unwinding rules");
    return rule;
}

static bool keep_none(uint64_t value)
{
    (void)value;
    return false;
}

void lc_rules_forget_shared(void)
{
    lc_table_filter(&shared, keep_none);
}
