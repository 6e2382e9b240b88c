/* Sorting in place without allocation (glibc's qsort allocates above 1 KiB). Heapsort: not stable, so the
 * comparison must be a total order if the result is to be deterministic. */
#ifndef LC_BASE_SORT_H
#define LC_BASE_SORT_H

#include <stddef.h>

void lc_sort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
