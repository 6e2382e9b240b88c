#include "report/doors.h"

#include "base/compiler.h"

#include <string.h>

const char *lc_door_symbol(const char *function)
{
    static const struct {
        const char *name, *symbol;
    } doors[] = {
#define LC_FUNCTION(id, symbol, name, family) {name, #symbol},
#include "record/functions.def"
    };
    for (size_t i = 0; i < LC_ARRAY_LEN(doors); i++)
        if (strcmp(doors[i].name, function) == 0)
            return doors[i].symbol;
    return function;
}
