/* From where memory is held: the words that are scanned first. Found once a scan, in address order; what each one
 * is stays known, so that "why is this reachable" has an answer. */
#ifndef LC_SCAN_ROOTS_H
#define LC_SCAN_ROOTS_H

#include "scan/areas.h"
#include "scan/mark.h"
#include "scan/root.h"
#include "scan/scan.h"

struct lc_roots {
    struct lc_root *at;
    size_t count, capacity;
    struct lc_areas areas;
    uintptr_t *registers; /* copies of what the program itself has in them, LC_SELF_REGISTERS words */
    bool is_full;         /* there was no memory for some */
};

/* What of the writable memory is whose: with the mappings that are to be blocks in `*mappings` (our pages,
 * `*mapping_count` of them), which are made before the roots are found. */
int lc_roots_mappings(const struct lc_scan_input *in, struct lc_extra **mappings, size_t *mapping_count);

/* All roots that the options leave on. 0 or -ENOMEM. */
int lc_roots_find(struct lc_roots *r, const struct lc_scan_input *in, const struct lc_blocks *blocks,
                  const struct lc_residency *residency);
void lc_roots_release(struct lc_roots *r);

/* Marks from all of them, by `m`. */
void lc_roots_mark(const struct lc_roots *r, struct lc_marker *m);

/* The root that the word at `address` belongs to, or NULL. */
const struct lc_root *lc_roots_at(const struct lc_roots *r, uintptr_t address);

#endif
