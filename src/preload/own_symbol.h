/* A module's own definition of a function, without asking the loader. */
#ifndef LC_PRELOAD_OWN_SYMBOL_H
#define LC_PRELOAD_OWN_SYMBOL_H

struct link_map;

/* The function `name` that `module` itself defines and exports, or NULL. The module must stay loaded
 * meanwhile: code of it is running. No lock, no allocation. (System V gABI, "Dynamic Section"; the hash table
 * is GNU's.) */
void *lc_own_symbol(const struct link_map *module, const char *name);

#endif
