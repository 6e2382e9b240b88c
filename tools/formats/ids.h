/* Numbers for things that a file names once and refers to by number after that. */
#ifndef LC_TOOLS_FORMATS_IDS_H
#define LC_TOOLS_FORMATS_IDS_H

#include <stdbool.h>
#include <stddef.h>

struct lc_id;

/* Zero-initialised is valid. */
struct lc_ids {
    struct lc_id *all;
    size_t count;
};

/* The number of what is told from others by the `len` bytes at `key` (which are copied): 1, 2, ... in the order in which they
 * came. `*is_new` (may be NULL): whether it came just now. */
size_t lc_ids_of(struct lc_ids *ids, const void *key, size_t len, bool *is_new);
size_t lc_ids_of_text(struct lc_ids *ids, const char *text, bool *is_new);

void lc_ids_free(struct lc_ids *ids);

#endif
