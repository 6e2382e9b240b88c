/* Names of frames from the modules' ELF symbol tables (.symtab, else .dynsym): what the library itself can
 * say when leakcheck-report is not there. No libc allocation. A file that is not the build that was loaded
 * (by its build-id) gives no names. */
#ifndef LC_REPORT_NAMES_H
#define LC_REPORT_NAMES_H

#include "report/findings.h"

/* A namer over the modules of `f`, or NULL when out of memory; lc_names_close() gives its memory back.
 * Files are read when the first frame in them is asked for; their descriptors are closed again at once.
 * C++ names come out mangled. One thread. */
struct lc_namer *lc_names_open(const struct lc_findings *f);
void lc_names_close(struct lc_namer *namer);

#endif
