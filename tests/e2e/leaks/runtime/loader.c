/* What ld.so allocates for modules. */
#include "leaks.h"

#include <dlfcn.h>

// expect: nothing
CASE(closed)
{
    dlclose(dlopen("libm.so.6", RTLD_NOW));
}

// The module's description is the loader's own.
// expect: nothing
CASE(left_open)
{
    dlopen("libm.so.6", RTLD_NOW);
}

// expect: nothing
CASE(not_there)
{
    use(dlopen("libnowhere.so", RTLD_NOW));
    use(dlerror());
}
