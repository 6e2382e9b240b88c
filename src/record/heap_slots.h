/* What a slot of the live table holds: 0, or site + 1 with two bits. With 32-byte granules a block starts at
 * the granule or in its middle. Nobody else knows the encoding. */
#ifndef LC_RECORD_HEAP_SLOTS_H
#define LC_RECORD_HEAP_SLOTS_H

#include "base/compiler.h"

#define LC_SLOT_FREED (1u << 31)
#define LC_SLOT_MIDDLE (1u << 30)
#define LC_SLOT_SITE (LC_SLOT_MIDDLE - 1)

static inline bool lc_slot_is_live(uint32_t slot)
{
    return slot && !(slot & LC_SLOT_FREED);
}

static inline uint32_t lc_slot_site(uint32_t slot)
{
    return (slot & LC_SLOT_SITE) - 1;
}

/* From the granule's first byte to the block's. */
static inline uintptr_t lc_slot_offset(uint32_t slot)
{
    return slot & LC_SLOT_MIDDLE ? 16 : 0;
}

#endif
