/* The report in mtrace(1)'s shape: one line for each wrong free, and for each block that was not freed. */
#ifndef LC_REPORT_MTRACE_H
#define LC_REPORT_MTRACE_H

#include "base/out.h"
#include "report/findings.h"

/* One process: its pid and command, notes, errors, and blocks in address order (sorts f->blocks). Without
 * f->has_blocks, the leaks are missing. */
void lc_mtrace_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer);

#endif
