#include "record/function.h"

const char *lc_function_name(enum lc_function f)
{
    static const char *const names[] = {
#define LC_FUNCTION(id, symbol, name, family) name,
#include "record/functions.def"
    };
    return names[f];
}
