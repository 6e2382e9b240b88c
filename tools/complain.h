/* The tool's voice: one line on stderr. */
#ifndef LC_TOOLS_COMPLAIN_H
#define LC_TOOLS_COMPLAIN_H

/* "leakcheck-report: ...", with what could harm a terminal escaped. At most 1 KiB. */
void lc_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
