#include "formats/protobuf.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

enum wire { VARINT = 0, LENGTH = 2 };

static void add_bytes(struct lc_message *m, const void *bytes, size_t len)
{
    if (m->len + len > m->capacity) {
        size_t capacity = 2 * (m->len + len) + 64;
        unsigned char *larger = lc_mem_alloc(capacity, 1);
        if (m->len)
            memcpy(larger, m->at, m->len);
        free(m->at);
        m->at = larger;
        m->capacity = capacity;
    }
    if (len)
        memcpy(m->at + m->len, bytes, len);
    m->len += len;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void add_varint(struct lc_message *m, uint64_t number)
{
    unsigned char bytes[10];
    size_t len = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[len++] = (unsigned char)(number | 0x80);
    bytes[len++] = (unsigned char)number;
    add_bytes(m, bytes, len);
}

static void add_key(struct lc_message *m, unsigned field, enum wire wire)
{
    add_varint(m, (uint64_t)field << 3 | wire);
}

void lc_message_number(struct lc_message *m, unsigned field, uint64_t number)
{
    if (!number)
        return;
    add_key(m, field, VARINT);
    add_varint(m, number);
}

void lc_message_bytes(struct lc_message *m, unsigned field, const void *bytes, size_t len)
{
    add_key(m, field, LENGTH);
    add_varint(m, len);
    add_bytes(m, bytes, len);
}

void lc_message_add(struct lc_message *m, unsigned field, struct lc_message *inner)
{
    lc_message_bytes(m, field, inner->at, inner->len);
    inner->len = 0;
}

void lc_message_numbers(struct lc_message *m, unsigned field, const uint64_t *numbers, size_t count)
{
    struct lc_message packed = {0};
    for (size_t i = 0; i < count; i++)
        add_varint(&packed, numbers[i]);
    lc_message_add(m, field, &packed);
    lc_message_free(&packed);
}

void lc_message_put(struct lc_out *out, struct lc_message *m)
{
    lc_out_mem(out, (const char *)m->at, m->len);
    m->len = 0;
}

void lc_message_free(struct lc_message *m)
{
    free(m->at);
    *m = (struct lc_message){0};
}
