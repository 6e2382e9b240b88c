/* Names of frames, with files, lines and inlined functions, from the modules' files. */
#ifndef LC_TOOLS_SYMBOLS_H
#define LC_TOOLS_SYMBOLS_H

#include "report/findings.h"

/* A namer for the findings of any number of processes. Nothing is opened before a frame of it is asked for.
 * Source files come by their last component unless `full_paths`. */
struct lc_namer *lc_symbols_open(bool full_paths);
void lc_symbols_close(struct lc_namer *namer);

#endif
