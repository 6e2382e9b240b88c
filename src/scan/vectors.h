/* The vector registers of who was interrupted by a signal, as the kernel has saved them (Intel SDM 1, 10.5 and 13.4). */
#ifndef LC_SCAN_VECTORS_H
#define LC_SCAN_VECTORS_H

#include "base/range.h"

#define LC_VECTORS_PARTS 5

/* The parts of `saved`, the area that an interrupted context's fpregs point to, in which registers are. What lies between
 * them and in those of registers that were not in use was not written: it is whatever stood on that stack before.
 * How many parts; 0 when `saved` is empty. Any thread. */
unsigned lc_vectors_find(struct lc_range saved, struct lc_range parts[LC_VECTORS_PARTS]);

#endif
