#include "preload/door.h"

bool lc_is_recording;

#define LC_FUNCTION(id, symbol, name, family) extern void door_##id(void) __asm__(#symbol);
#include "record/functions.def"

const uintptr_t lc_door_addresses[LC_FN_COUNT] = {
#define LC_FUNCTION(id, symbol, name, family) [LC_FN_##id] = (uintptr_t)door_##id,
#include "record/functions.def"
};
