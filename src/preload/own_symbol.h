/* A module's own definition of a function, without asking the loader. */
#ifndef LC_PRELOAD_OWN_SYMBOL_H
#define LC_PRELOAD_OWN_SYMBOL_H

#include "base/range.h"

struct link_map;

/* The code of the function `name` that `module` itself defines and exports, without a size where the module tells
 * none; starts at 0 when it has none. The module must stay loaded meanwhile: code of it is running. No lock, no
 * allocation. (System V gABI, "Dynamic Section"; the hash table is GNU's.) */
struct lc_range lc_own_symbol(const struct link_map *module, const char *name);

/* Whether the loader could find a function `name` in another module than ours: it takes some 20 microseconds, and
 * pages of libc that the program never touches, to say no. In the constructor. */
bool lc_own_symbol_elsewhere(const char *name);

#endif
