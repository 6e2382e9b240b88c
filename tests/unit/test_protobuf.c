/* The bytes are those of protobuf.dev/programming-guides/encoding. */
#include "formats/protobuf.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static bool has(const struct lc_message *m, const char *bytes, size_t len)
{
    return m->len == len && memcmp(m->at, bytes, len) == 0;
}

Test(protobuf, numbers)
{
    struct lc_message m = {0};
    lc_message_number(&m, 1, 150);
    cr_assert(has(&m, "\x08\x96\x01", 3));
    lc_message_number(&m, 2, 0); /* is what a reader takes a missing one for */
    cr_assert(has(&m, "\x08\x96\x01", 3));
    lc_message_number(&m, 16, UINT64_MAX);
    cr_assert(has(&m, "\x08\x96\x01\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 15));
    lc_message_free(&m);
}

Test(protobuf, texts_messages_and_packed_lists)
{
    struct lc_message m = {0}, inner = {0};
    const uint64_t numbers[] = {3, 270, 86942};
    lc_message_bytes(&m, 2, "testing", 7);
    cr_assert(has(&m, "\x12\x07testing", 9));
    m.len = 0;
    lc_message_number(&inner, 1, 150);
    lc_message_add(&m, 3, &inner);
    cr_assert(has(&m, "\x1a\x03\x08\x96\x01", 5));
    cr_assert(eq(sz, inner.len, 0));
    m.len = 0;
    lc_message_numbers(&m, 6, numbers, LC_ARRAY_LEN(numbers));
    cr_assert(has(&m, "\x32\x06\x03\x8e\x02\x9e\xa7\x05", 8));
    lc_message_free(&m);
    lc_message_free(&inner);
}

Test(protobuf, a_message_grows)
{
    struct lc_message m = {0};
    char block[1000];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 100; i++)
        lc_message_bytes(&m, 1, block, sizeof block);
    cr_assert(eq(sz, m.len, 100 * (1000 + 3)));
    cr_assert(eq(chr, (char)m.at[m.len - 1], 'x'));
    lc_message_free(&m);
}
