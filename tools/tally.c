#include "tally.h"

#include "mem.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

bool lc_tally_is_fingerprint(const char *text)
{
    return strlen(text) == LC_FINGERPRINT_SIZE - 1 && strspn(text, "0123456789abcdef") == LC_FINGERPRINT_SIZE - 1;
}

void lc_tally_add(lc_tally *t, const struct lc_tally_item *item)
{
    struct lc_tally_entry *e;
    HASH_FIND_STR(*t, item->fingerprint, e);
    if (!e) {
        e = lc_mem_alloc(1, sizeof *e);
        strncpy(e->fingerprint, item->fingerprint, sizeof e->fingerprint - 1);
        e->kind = lc_mem_format("%s", item->kind);
        e->what = lc_mem_format("%s", item->what);
        HASH_ADD_STR(*t, fingerprint, e);
    }
    e->bytes += item->bytes;
    e->blocks += item->blocks;
    e->is_own |= item->is_own;
}

static void add(lc_tally *t, const struct lc_judgement *j, const char *kind, uint64_t bytes, uint64_t blocks)
{
    lc_tally_add(t, &(struct lc_tally_item){j->fingerprint, kind, j->sentence, bytes, blocks, j->has_owner && j->is_own});
}

void lc_tally_findings(lc_tally *t, const struct lc_findings *f, unsigned kinds)
{
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        if (lc_leak_kind_bits(l->kind) & kinds)
            add(t, l->judgement, lc_words_leak.word[l->kind], l->bytes, l->blocks);
    }
    for (size_t i = 0; i < f->error_count; i++)
        add(t, f->errors[i].judgement, lc_words_error.word[f->errors[i].kind], 0, f->errors[i].count);
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
        free(e->kind);
        free(e->what);
        free(e);
    }
}
