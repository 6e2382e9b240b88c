/* Lines of source files, for people. */
#ifndef LC_TOOLS_SOURCE_LINES_H
#define LC_TOOLS_SOURCE_LINES_H

/* The line before, `line` itself, marked, and the one after: "    8 | text\n"; in memory of malloc, or NULL where the
 * file can't be read or has no such line. Long lines are cut. */
char *lc_source_lines(const char *path, unsigned line);

#endif
