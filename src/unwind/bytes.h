/* A cursor over DWARF data that never leaves its bounds: past the end everything reads as zero, and `bad`
 * says so once for all reads. (DWARF 5, 7.6: variable length data.) */
#ifndef LC_UNWIND_BYTES_H
#define LC_UNWIND_BYTES_H

#include "base/compiler.h"

#include <string.h>

struct lc_bytes {
    const uint8_t *at;
    const uint8_t *end;
    bool bad;
};

static inline bool lc_bytes_left(const struct lc_bytes *b)
{
    return b->at < b->end && !b->bad;
}

/* `count` bytes that are skipped, or NULL when there are fewer. */
static inline const uint8_t *lc_bytes_take(struct lc_bytes *b, uint64_t count)
{
    const uint8_t *taken = b->at;
    if (b->bad || count > (uint64_t)(b->end - b->at)) {
        b->bad = true;
        return NULL;
    }
    b->at += count;
    return taken;
}

/* An unsigned number of `size` (1, 2, 4, 8) bytes, little-endian. */
static inline uint64_t lc_bytes_fixed(struct lc_bytes *b, unsigned size)
{
    uint64_t value = 0;
    const uint8_t *from = lc_bytes_take(b, size);
    if (from)
        memcpy(&value, from, size);
    return value;
}

static inline int64_t lc_bytes_signed(struct lc_bytes *b, unsigned size)
{
    const unsigned unused = 64 - 8 * size;
    return (int64_t)(lc_bytes_fixed(b, size) << unused) >> unused;
}

static inline uint64_t lc_bytes_uleb(struct lc_bytes *b)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)lc_bytes_fixed(b, 1);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

static inline int64_t lc_bytes_sleb(struct lc_bytes *b)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)lc_bytes_fixed(b, 1);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (shift < 64 && (byte & 0x40))
        value |= ~(uint64_t)0 << shift;
    return (int64_t)value;
}

#endif
