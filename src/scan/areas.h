/* The writable memory of the process, cut into pieces by whose it is. Each kind has its own list of ranges; where
 * they overlap, the first kind wins. */
#ifndef LC_SCAN_AREAS_H
#define LC_SCAN_AREAS_H

#include "base/range.h"

enum lc_area_kind {
    LC_AREA_OWN,       /* leakcheck's */
    LC_AREA_BREAK,     /* the program's part of the break */
    LC_AREA_ALLOCATOR, /* the allocator's: blocks, free memory, its own notes */
    LC_AREA_STACK,     /* a thread's, from its stack pointer; the tag is its id */
    LC_AREA_TLS,       /* its static thread-local storage and its descriptor */
    LC_AREA_DEAD,      /* a stack below the stack pointer, or of a thread that has ended */
    LC_AREA_MAPPING,   /* mapped by the program, which a pointer must lead to */
    LC_AREA_GLOBALS,   /* data and bss of a module */
    LC_AREA_SHARED,    /* shared memory that nobody was seen to map */
    LC_AREA_OTHER,     /* anything else: anonymous memory that nobody was seen to map */
    LC_AREA_KINDS
};

struct lc_area {
    struct lc_range range;
    uint32_t tag;
};

/* Zeroes are valid: no lists. */
struct lc_areas {
    struct lc_area_list {
        struct lc_area *at;
        size_t count, capacity, cursor;
    } lists[LC_AREA_KINDS];
    bool is_full; /* there was no memory for some */
};

void lc_areas_add(struct lc_areas *a, enum lc_area_kind kind, struct lc_range range, uint32_t tag);
/* Once, after the last of them. */
void lc_areas_sort(struct lc_areas *a);
void lc_areas_release(struct lc_areas *a);

/* Cuts `range`, which is `rest` where no list has it, into pieces. Ranges come in ascending order. */
void lc_areas_cut(struct lc_areas *a, struct lc_range range, enum lc_area_kind rest,
                  void (*visit)(void *context, enum lc_area_kind kind, struct lc_range piece, uint32_t tag), void *context);

#endif
