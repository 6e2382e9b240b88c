/* The functions that cover an address, with those inlined there, from DWARF. */
#ifndef LC_TOOLS_DWARF_SCOPES_H
#define LC_TOOLS_DWARF_SCOPES_H

#include <elfutils/libdw.h>
#include <stdbool.h>

/* Strings live as long as the Dwarf and the scopes; NULL or 0 is not known. */
struct lc_scope {
    const char *name;         /* DW_AT_name: "push_back" */
    const char *linkage_name; /* DW_AT_linkage_name: mangled */
    const char *file;         /* where execution stands in this function */
    const char *directory;    /* which `file` is relative to, unless it is absolute */
    unsigned line;
    bool is_inlined; /* into the one that follows */
};

struct lc_scopes;

/* Over `dwarf`, which stays in use. Reads only the units' address ranges; the tree of a unit is walked when an address
 * falls into it, and only some are kept: who has many addresses asks for them in order. */
struct lc_scopes *lc_scopes_open(Dwarf *dwarf);
void lc_scopes_close(struct lc_scopes *s);

/* The scopes at `pc`, innermost first, at most `max`: their number, 0 when no unit covers it. */
unsigned lc_scopes_at(struct lc_scopes *s, Dwarf_Addr pc, struct lc_scope *out, unsigned max);

#endif
