#include "record/errors.h"

#include "record/hash_table.h"

#include <string.h>

/* What makes two errors the same; all words, no padding. */
struct key {
    uint32_t kind, function, stack, origin;
};

struct entry {
    struct key key;
    struct lc_error_record record;
    UT_hash_handle hh;
};

struct lc_lock lc_errors_lock;

static struct {
    struct entry *table;
} errors;

static struct entry *add(const struct key *key, const struct lc_error_record *e)
{
    struct entry *n = lc_pool_alloc(sizeof *n);
    if (!n)
        return NULL;
    n->key = *key;
    n->record = *e;
    n->record.count = 0;
    HASH_ADD(hh, errors.table, key, sizeof n->key, n);
    return n;
}

bool lc_errors_add(struct lc_error_record e)
{
    struct key key = {e.kind, e.function, e.stack, e.origin};
    uint64_t signals;
    lc_lock_acquire(&lc_errors_lock, &signals);
    struct entry *n;
    HASH_FIND(hh, errors.table, &key, sizeof key, n);
    bool is_first = !n;
    if (!n)
        n = add(&key, &e);
    if (n)
        n->record.count++;
    lc_lock_release(&lc_errors_lock, &signals);
    return is_first;
}

void lc_errors_each(void (*visit)(void *context, const struct lc_error_record *e), void *context)
{
    uint64_t signals;
    lc_lock_acquire(&lc_errors_lock, &signals);
    for (const struct entry *n = errors.table; n; n = n->hh.next)
        visit(context, &n->record);
    lc_lock_release(&lc_errors_lock, &signals);
}
