#include "base/environment.h"

#include <string.h>

char *lc_environment_get(char *const *environment, const char *name, size_t len)
{
    for (; *environment; environment++)
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
            return *environment + len + 1;
    return NULL;
}
