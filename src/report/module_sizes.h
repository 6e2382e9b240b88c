/* How large the files that are loaded are, as size(1) counts. */
#ifndef LC_REPORT_MODULE_SIZES_H
#define LC_REPORT_MODULE_SIZES_H

#include "report/findings.h"

/* Fills f->sizes: one for each file that f->regions has code of, and that can be read. Memory of our own, never given
 * back. */
void lc_module_sizes_collect(struct lc_findings *f);

#endif
