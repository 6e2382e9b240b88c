/* The report in mtrace(1)'s shape: one line for each block that was not freed. */
#ifndef LC_REPORT_MTRACE_H
#define LC_REPORT_MTRACE_H

#include "base/out.h"
#include "report/findings.h"

/* Needs f->has_blocks. Blocks come in address order (sorts f->blocks). */
void lc_mtrace_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer);

#endif
