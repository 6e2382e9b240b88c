/* The report as a page of GitHub's Markdown: for a pull request's comment, or the summary of a step. */
#ifndef LC_TOOLS_FORMATS_PAGE_H
#define LC_TOOLS_FORMATS_PAGE_H

#include "formats/format.h"

#define LC_PAGE_COMMENT ((size_t)65536) /* characters of a comment: GitHub takes no longer one */

/* A verdict, the command, a table, and the stacks of the first findings, in memory of malloc. `*len` is at most `max` (at least 4 KiB); what
 * would be more is counted at its end. */
char *lc_page_make(const struct lc_report *r, size_t max, size_t *len);

#endif
