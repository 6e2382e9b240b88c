/* The plain name of a function: what stays the same when it is compiled otherwise. */
#ifndef LC_TOOLS_FUNCTION_NAME_H
#define LC_TOOLS_FUNCTION_NAME_H

#include <stddef.h>

/* Of a demangled name the last component, without parameters, template arguments, namespaces, and what compilers add
 * to copies ("ns::f<int>(char) const [clone .part.0]", "f.isra.0", and an inlined "f<int>" are all "f"). Into `buf`,
 * cut to fit: `buf`. */
const char *lc_plain_function_name(const char *name, char *buf, size_t size);

#endif
