/* The stacks of all threads, and their thread-local storage: what of them is alive. */
#ifndef LC_SCAN_STACKS_H
#define LC_SCAN_STACKS_H

#include "scan/areas.h"
#include "scan/scan.h"

/* Adds LC_AREA_STACK, _TLS and _DEAD. */
void lc_stacks_find(struct lc_areas *a, const struct lc_scan_input *in);

#endif
