#include "scan/vectors.h"

#include <cpuid.h>

enum {
    LEGACY_START = 32, /* x87 and MMX, then xmm0 to xmm15 */
    LEGACY_END = 416,  /* what follows is padding, and Linux's own */
    IN_USE = 512,      /* a bit for each component that was saved with values */
    COMPONENTS = 576,
    LEAF = 0xd, /* of cpuid: component i has eax bytes at ebx */
};

/* Components of XSAVE's standard form that hold vectors: the upper halves of ymm0 to ymm15 and of zmm0 to zmm15, and
 * zmm16 to zmm31. */
static const unsigned components[] = {2, 6, 7};

unsigned lc_vectors_find(struct lc_range saved, struct lc_range parts[LC_VECTORS_PARTS])
{
    unsigned count = 0;
    if (lc_range_size(saved) < LEGACY_END)
        return 0;
    parts[count++] = (struct lc_range){saved.start + LEGACY_START, saved.start + LEGACY_END};
    if (lc_range_size(saved) < COMPONENTS)
        return count;
    const uint64_t in_use = *(const uint64_t *)(saved.start + IN_USE);
    for (unsigned i = 0; i < sizeof components / sizeof components[0]; i++) {
        unsigned size, offset, c, d;
        if (!(in_use >> components[i] & 1))
            continue;
        __cpuid_count(LEAF, components[i], size, offset, c, d);
        if (size && (size_t)offset + size <= lc_range_size(saved))
            parts[count++] = (struct lc_range){saved.start + offset, saved.start + offset + size};
    }
    return count;
}
