/* The line tables of DWARF units. libdw keeps each table that it has read, at 40 bytes a row, until its handle is closed:
 * so they have a handle of their own, which can be closed and opened again. */
#ifndef LC_TOOLS_DWARF_LINES_H
#define LC_TOOLS_DWARF_LINES_H

#include <elfutils/libdw.h>

struct lc_lines;

/* Those of `dwarf`, which stays in use. */
struct lc_lines *lc_lines_open(Dwarf *dwarf);
void lc_lines_close(struct lc_lines *l);

/* Forgets the tables that were read, but not the names of files. */
void lc_lines_flush(struct lc_lines *l);

/* The file that has the code at `pc` in the unit whose DIE is at `unit`, and the line: NULL when not known. Names live
 * as long as `l`, and are one string for each name. */
const char *lc_lines_at(struct lc_lines *l, Dwarf_Off unit, Dwarf_Addr pc, unsigned *line);
/* The unit's file of that number, or NULL. */
const char *lc_lines_file(struct lc_lines *l, Dwarf_Off unit, unsigned number);

#endif
