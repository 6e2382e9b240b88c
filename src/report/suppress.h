/* Leaks that the program itself says are none: __lsan_default_suppressions (sanitizer/lsan_interface.h). */
#ifndef LC_REPORT_SUPPRESS_H
#define LC_REPORT_SUPPRESS_H

#include "report/findings.h"

/* Whether `pattern` (of `len` bytes) stands in `text`, as LeakSanitizer decides it: anywhere, with `*` for any bytes,
 * `^` at its start for the start of the text, `$` for its end. Nothing stands in an empty text. */
bool lc_suppress_matches(const char *pattern, size_t len, const char *text);

/* Leaks with a frame whose module, function, or file one of the `leak:PATTERN` lines of `rules` matches become
 * LC_LEAK_SUPPRESSED. Other lines are passed over. `namer` may be NULL: then only modules are looked at. */
void lc_suppress(struct lc_findings *f, const char *rules, struct lc_namer *namer);

#endif
