#include "formats/ids.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct lc_id {
    size_t number;
    UT_hash_handle hh;
    char key[];
};

size_t lc_ids_of(struct lc_ids *ids, const void *key, size_t len, bool *is_new)
{
    struct lc_id *id;
    HASH_FIND(hh, ids->all, key, len, id);
    if (is_new)
        *is_new = !id;
    if (id)
        return id->number;
    id = lc_mem_alloc(1, sizeof *id + len);
    memcpy(id->key, key, len);
    id->number = ++ids->count;
    HASH_ADD(hh, ids->all, key, (unsigned)len, id);
    return id->number;
}

size_t lc_ids_of_text(struct lc_ids *ids, const char *text, bool *is_new)
{
    return lc_ids_of(ids, text, strlen(text), is_new);
}

void lc_ids_free(struct lc_ids *ids)
{
    struct lc_id *id, *next;
    HASH_ITER (hh, ids->all, id, next) {
        HASH_DEL(ids->all, id);
        free(id);
    }
}
