/* Interior pointers that are as good as one to the start: valgrind's heuristics, as memcheck/mc_leakcheck.c of
 * 3.19 decides them (there heuristic_reachedness). Whether a word is initialised, which valgrind asks too, can't be known. */
#ifndef LC_SCAN_HEURISTICS_H
#define LC_SCAN_HEURISTICS_H

#include "base/options.h"
#include "scan/segments.h"

/* Which of `set` (a bit each) holds for `pointer` into `block`, both readable; LC_HEURISTIC_NONE if none. */
enum lc_heuristic lc_heuristics_find(unsigned set, const struct lc_segments *segments, struct lc_range block,
                                     uintptr_t pointer);

#endif
