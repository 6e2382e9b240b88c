#include "demangle.h"

#include "mem.h"

#include <libiberty/demangle.h>

char *lc_demangle(const char *name)
{
    char *readable = cplus_demangle(name, DMGL_AUTO | DMGL_PARAMS | DMGL_ANSI);
    return readable ? readable : lc_mem_format("%s", name);
}
