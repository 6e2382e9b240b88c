/* Strings from outside (paths, arguments, symbol names) made harmless for where they are printed. */
#ifndef LC_REPORT_ESCAPE_H
#define LC_REPORT_ESCAPE_H

#include "base/out.h"

/* As a STR of the log (include/leakcheck/log.h): printable ASCII, everything else as %XX. */
void lc_escape_log(struct lc_out *out, const char *s);

/* For people, on a terminal or in a CI log: UTF-8 as it is; control characters (C0, DEL, C1) and bytes that
 * are no UTF-8 as \xXX, so that no name can move the cursor or start a line of its own. */
void lc_escape_text(struct lc_out *out, const char *s);

#endif
