#include "unwind/expression.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const uintptr_t memory[2] = {(uintptr_t)&memory[1], 42};

/* rsp points to memory, rip is 16 * 8 + 11, nothing else is known. */
static bool evaluate(const uint8_t *code, uint32_t len, const uintptr_t *cfa, uintptr_t *out)
{
    struct lc_readable readable = {0};
    struct lc_registers registers = {.known = 0};
    lc_registers_set(&registers, LC_RSP, (uintptr_t)memory);
    lc_registers_set(&registers, LC_RIP, 16 * 8 + 11);
    return lc_expression_value(code, len, &registers, cfa, &readable, out);
}

#define VALUE_IS(expected, ...)                                                                              \
    do {                                                                                                     \
        const uint8_t code[] = {__VA_ARGS__};                                                                \
        uintptr_t value = 0;                                                                                 \
        cr_assert(evaluate(code, sizeof code, NULL, &value));                                                \
        cr_assert(eq(uptr, value, (uintptr_t)(expected)));                                                   \
    } while (0)

#define FAILS(...)                                                                                           \
    do {                                                                                                     \
        const uint8_t code[] = {__VA_ARGS__};                                                                \
        uintptr_t value;                                                                                     \
        cr_assert(not(evaluate(code, sizeof code, NULL, &value)));                                           \
    } while (0)

Test(expression, of_a_plt_entry)
{
    /* rsp + 8 + (((rip & 15) >= 11) << 3) */
    VALUE_IS((uintptr_t)memory + 16, 0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22);
    VALUE_IS((uintptr_t)memory + 8, 0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3c, 0x2a, 0x33, 0x24, 0x22);
}

Test(expression, memory)
{
    VALUE_IS(&memory[1], 0x77, 0x00, 0x06);
    VALUE_IS(42, 0x77, 0x00, 0x06, 0x06);
    VALUE_IS(42, 0x77, 0x08, 0x06);
    FAILS(0x30, 0x06);
}

Test(expression, constants)
{
    VALUE_IS(0xff, 0x08, 0xff);
    VALUE_IS(-1, 0x09, 0xff);
    VALUE_IS(0xfffe, 0x0a, 0xfe, 0xff);
    VALUE_IS(-2, 0x0b, 0xfe, 0xff);
    VALUE_IS(0xfffffffd, 0x0c, 0xfd, 0xff, 0xff, 0xff);
    VALUE_IS(-3, 0x0d, 0xfd, 0xff, 0xff, 0xff);
    VALUE_IS(0x0807060504030201, 0x0e, 1, 2, 3, 4, 5, 6, 7, 8);
    VALUE_IS(624485, 0x10, 0xe5, 0x8e, 0x26);
    VALUE_IS(-123456, 0x11, 0xc0, 0xbb, 0x78);
    VALUE_IS(31, 0x4f);
}

Test(expression, arithmetic)
{
    VALUE_IS(5, 0x38, 0x33, 0x1c);
    VALUE_IS(24, 0x38, 0x33, 0x1e);
    VALUE_IS(-8, 0x38, 0x1f);
    VALUE_IS(~(uintptr_t)8, 0x38, 0x20);
    VALUE_IS(1, 0x38, 0x33, 0x25);
    VALUE_IS(-1, 0x09, 0xf8, 0x33, 0x26);
    VALUE_IS(11, 0x38, 0x33, 0x27);
    VALUE_IS(300, 0x38, 0x23, 0xa4, 0x02);
    VALUE_IS(1, 0x09, 0xff, 0x30, 0x2d);
    VALUE_IS(0, 0x09, 0xff, 0x30, 0x2a);
}

Test(expression, stack_and_jumps)
{
    VALUE_IS(6, 0x33, 0x12, 0x22);
    VALUE_IS(3, 0x33, 0x38, 0x13);
    VALUE_IS(5, 0x33, 0x38, 0x16, 0x1c);
    VALUE_IS(3, 0x33, 0x38, 0x14);
    VALUE_IS(2, 0x32, 0x31, 0x28, 0x01, 0x00, 0x33);
    VALUE_IS(3, 0x32, 0x30, 0x28, 0x01, 0x00, 0x33);
    VALUE_IS(2, 0x32, 0x2f, 0x01, 0x00, 0x33);
}

Test(expression, starts_with_the_cfa)
{
    static const uint8_t minus_16[] = {0x40, 0x1c};
    const uintptr_t cfa = 100;
    uintptr_t value;
    cr_assert(evaluate(minus_16, sizeof minus_16, &cfa, &value));
    cr_assert(eq(uptr, value, 84));
}

Test(expression, what_is_wrong_fails)
{
    FAILS(0x22);                   /* too few operands */
    FAILS(0x76, 0x00);             /* rbp is not known */
    FAILS(0x08);                   /* its operand is missing */
    FAILS(0x30, 0x2f, 0xfc, 0xff); /* for ever */
    FAILS(0x30, 0x2f, 0x40, 0x00); /* out of it */
    FAILS(0x30, 0xff);             /* no such operation */
    FAILS(0x30, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
          0x12);
}
