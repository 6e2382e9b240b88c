#include "formats/finding.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define FREE_IT "Free it on every way out of the code that owns it, or hand it to somebody who does."

const struct lc_rule lc_rules[LC_RULE_COUNT] = {
    [LC_LEAK_UNFREED] = {"not-freed", "Memory not freed", "A block was not freed; nobody looked whether anything still points to it.",
                         FREE_IT, "low", LC_LEVEL_WARNING},
    [LC_LEAK_DEFINITE] = {"definitely-lost", "Memory definitely lost", "A block was not freed, and nothing points to it any more.",
                          FREE_IT, "very-high", LC_LEVEL_ERROR},
    [LC_LEAK_INDIRECT] = {"indirectly-lost", "Memory indirectly lost",
                          "A block was not freed, and only blocks that are lost themselves point to it.",
                          "Free the block that it hangs from, and with that this one.", "high", LC_LEVEL_ERROR},
    [LC_LEAK_POSSIBLE] = {"possibly-lost", "Memory possibly lost", "A block was not freed, and only pointers to its inside are left.",
                          "Find out whether these pointers are meant; keep one to the start if they are.", "medium",
                          LC_LEVEL_WARNING},
    [LC_LEAK_TAGGED] = {"possibly-lost-tagged", "Memory possibly lost (tagged pointer)",
                        "A block was not freed, and only pointers with other bits in them are left.",
                        "Find out whether these are pointers; if they are not, it is lost.", "low", LC_LEVEL_WARNING},
    [LC_LEAK_REACHABLE] = {"still-reachable", "Memory still reachable", "A block was not freed, and there is still a pointer to it.",
                           "Free it at the end, if it should not live as long as the process.", "low", LC_LEVEL_NOTE},
    [LC_LEAK_MAPPING] = {"mapping-lost", "Mapping lost", "Memory that was mapped is still there, and nothing points into it any more.",
                         "Unmap it on every way out of the code that owns it.", "high", LC_LEVEL_ERROR},
    [LC_LEAK_SUPPRESSED] = {"suppressed", "Memory that is suppressed", "A block was not freed, and a suppression says that it is no leak.",
                            "Nothing, as long as the suppression is right.", "low", LC_LEVEL_NOTE},
    [LC_RULE_ERRORS + LC_ERROR_MISMATCHED_FREE] = {"mismatched-free", "Block freed by the wrong function",
                                                   "A block was freed by a function that does not belong to the one that allocated it.",
                                                   "Use free for malloc, delete for new, delete[] for new[].", "very-high",
                                                   LC_LEVEL_ERROR},
    [LC_RULE_ERRORS + LC_ERROR_DOUBLE_FREE] = {"double-free", "Block freed twice", "A block was freed that had been freed before.",
                                               "Let one place own the block, and forget the pointer when it is freed.", "very-high",
                                               LC_LEVEL_ERROR},
    [LC_RULE_ERRORS + LC_ERROR_INVALID_FREE] = {"invalid-free", "Address freed that is no block",
                                                "An address was freed at which no block starts.",
                                                "Free what the allocation function returned.", "very-high", LC_LEVEL_ERROR},
};

/* How often a fingerprint has been seen. */
struct seen {
    char fingerprint[LC_FINGERPRINT_SIZE];
    unsigned count;
    UT_hash_handle hh;
};

static unsigned count_again(struct seen **all, const char *fingerprint)
{
    struct seen *s;
    HASH_FIND_STR(*all, fingerprint, s);
    if (!s) {
        s = lc_mem_alloc(1, sizeof *s);
        memcpy(s->fingerprint, fingerprint, sizeof s->fingerprint);
        HASH_ADD_STR(*all, fingerprint, s);
    }
    return ++s->count;
}

static void forget(struct seen *all)
{
    struct seen *s, *next;
    HASH_ITER (hh, all, s, next) {
        HASH_DEL(all, s);
        free(s);
    }
}

static enum lc_level level_of(const struct lc_report *r, const struct lc_finding *f)
{
    bool counts = f->error || lc_leak_kind_bits(f->leak->kind) & r->options->errors_for_leak_kinds;
    return counts && lc_verdict_may_fail(f->judgement, r->options) ? f->rule->level : LC_LEVEL_NOTE;
}

static bool has_leaks(const struct lc_report *r)
{
    return r->style->leak_check == LC_CHECK_FULL;
}

struct lc_finding *lc_findings_shown(const struct lc_report *r, size_t *count)
{
    struct lc_findings *f = r->findings;
    struct lc_finding *list = lc_mem_alloc(f->error_count + f->leak_count + 1, sizeof *list), *to = list;
    struct seen *seen = NULL;
    lc_text_sort(f);
    for (size_t i = 0; i < f->error_count; i++) {
        const struct lc_error *e = &f->errors[i];
        if (r->style->verbose || !lc_judgement_is_known(e->judgement))
            *to++ = (struct lc_finding){.error = e, .site = &e->site, .judgement = e->judgement, .rule = &lc_rules[LC_RULE_ERRORS + e->kind]};
    }
    for (size_t i = f->leak_count; has_leaks(r) && i-- > 0;) {
        const struct lc_leak *l = &f->leaks[i];
        if (lc_text_is_shown(l, r->style))
            *to++ = (struct lc_finding){.leak = l, .site = &l->site, .judgement = l->judgement, .rule = &lc_rules[l->kind], .number = i + 1};
    }
    *count = (size_t)(to - list);
    for (size_t i = 0; i < *count; i++) {
        list[i].level = level_of(r, &list[i]);
        list[i].ordinal = count_again(&seen, list[i].judgement->fingerprint);
    }
    forget(seen);
    return list;
}
