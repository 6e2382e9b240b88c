/* The public functions of functions.def: who made a block, and who may free it. */
#ifndef LC_RECORD_FUNCTION_H
#define LC_RECORD_FUNCTION_H

#include "base/compiler.h"

enum lc_family { LC_FAMILY_MALLOC, LC_FAMILY_NEW, LC_FAMILY_NEW_ARRAY, LC_FAMILY_MAP };

enum lc_function {
#define LC_FUNCTION(id, symbol, name, family) LC_FN_##id,
#include "record/functions.def"
    LC_FN_COUNT
};

/* "operator new(unsigned long)" */
const char *lc_function_name(enum lc_function f);

/* A constant where `f` is one. */
static inline enum lc_family lc_function_family(enum lc_function f)
{
    static const uint8_t families[] = {
#define LC_FUNCTION(id, symbol, name, family) LC_FAMILY_##family,
#include "record/functions.def"
    };
    return (enum lc_family)families[f];
}

#endif
