#include "record/function.h"

static const struct {
    const char *name;
    enum lc_family family;
} functions[] = {
#define LC_FUNCTION(id, symbol, name, family) {name, LC_FAMILY_##family},
#include "record/functions.def"
};

const char *lc_function_name(enum lc_function f)
{
    return functions[f].name;
}

enum lc_family lc_function_family(enum lc_function f)
{
    return functions[f].family;
}
