/* Readable names of C++ and Rust symbols. */
#ifndef LC_TOOLS_DEMANGLE_H
#define LC_TOOLS_DEMANGLE_H

/* In memory of malloc; a copy of `name` when it is not mangled. */
char *lc_demangle(const char *name);

#endif
