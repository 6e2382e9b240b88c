#include "tally.h"

#include "mem.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

void lc_tally_add(lc_tally *t, const char *fingerprint, const char *kind, const char *what, uint64_t bytes, uint64_t blocks)
{
    struct lc_tally_entry *e;
    HASH_FIND_STR(*t, fingerprint, e);
    if (!e) {
        e = lc_mem_alloc(1, sizeof *e);
        strncpy(e->fingerprint, fingerprint, sizeof e->fingerprint - 1);
        e->kind = kind;
        e->what = what;
        HASH_ADD_STR(*t, fingerprint, e);
    }
    e->bytes += bytes;
    e->blocks += blocks;
}

void lc_tally_findings(lc_tally *t, const struct lc_findings *f, unsigned kinds)
{
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        if (lc_leak_kind_bits(l->kind) & kinds)
            lc_tally_add(t, l->judgement->fingerprint, lc_words_leak.word[l->kind], l->judgement->sentence, l->bytes, l->blocks);
    }
    for (size_t i = 0; i < f->error_count; i++) {
        const struct lc_error *e = &f->errors[i];
        lc_tally_add(t, e->judgement->fingerprint, lc_words_error.word[e->kind], e->judgement->sentence, 0, e->count);
    }
}

const struct lc_tally_entry *lc_tally_find(lc_tally t, const char *fingerprint)
{
    struct lc_tally_entry *e;
    HASH_FIND_STR(t, fingerprint, e);
    return e;
}

static int compare(struct lc_tally_entry *a, struct lc_tally_entry *b)
{
    return strcmp(a->fingerprint, b->fingerprint);
}

void lc_tally_sort(lc_tally *t)
{
    HASH_SORT(*t, compare);
}

void lc_tally_free(lc_tally *t)
{
    struct lc_tally_entry *e, *next;
    HASH_ITER(hh, *t, e, next)
    {
        HASH_DEL(*t, e);
        free(e);
    }
}
