/* Names of frames, with files, lines and inlined functions, from the modules' files. */
#ifndef LC_TOOLS_SYMBOLS_H
#define LC_TOOLS_SYMBOLS_H

#include "report/findings.h"
#include "sources.h"

/* A namer for the findings of any number of processes, whose frames live until it is closed: it knows them by their
 * address. Nothing is opened before a frame of it is asked for.
 * Without debug information, code is of own sources where its module lies among them. */
struct lc_namer *lc_symbols_open(const struct lc_sources_settings *settings);
/* Finds the names of all frames of `f`, in the order in which their debug information is read once, in little memory;
 * tells on a terminal how far it is, if `has_progress`. Without it names are found all the same. */
void lc_symbols_prepare(struct lc_namer *namer, const struct lc_findings *f, bool has_progress);
void lc_symbols_close(struct lc_namer *namer);

#endif
