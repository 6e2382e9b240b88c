/* Function names from a module's ELF symbol tables. */
#ifndef LC_TOOLS_SYMBOL_TABLE_H
#define LC_TOOLS_SYMBOL_TABLE_H

#include <elfutils/libdwfl.h>

struct lc_symbol_table;

/* The symbols of `module` (.symtab of the file or of its debug file, .gnu_debugdata, else .dynsym), which
 * stays in use. */
struct lc_symbol_table *lc_symbol_table_open(Dwfl_Module *module);
void lc_symbol_table_close(struct lc_symbol_table *s);

/* The function that covers `pc`, as it stands in the table (mangled), or NULL. */
const char *lc_symbol_table_at(const struct lc_symbol_table *s, GElf_Addr pc);

#endif
