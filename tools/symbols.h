/* Names of frames, with files, lines and inlined functions, from the modules' files. */
#ifndef LC_TOOLS_SYMBOLS_H
#define LC_TOOLS_SYMBOLS_H

#include "report/findings.h"
#include "sources.h"

/* A namer for the findings of any number of processes. Nothing is opened before a frame of it is asked for.
 * Without debug information, code is of own sources where its module lies among them. */
struct lc_namer *lc_symbols_open(const struct lc_sources_settings *settings);
void lc_symbols_close(struct lc_namer *namer);

#endif
