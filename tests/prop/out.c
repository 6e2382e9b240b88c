/* Our formats, against snprintf's. */
#include "base/out.h"

#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

enum { FORMATS = 200000 };

static char format[64], ours[256], theirs[256];

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

#define FORMAT_BOTH(value)                                                                               \
    do {                                                                                                 \
        size_t len = lc_format(ours, sizeof ours, format, (value));                                      \
        cr_assert(eq(int, snprintf(theirs, sizeof theirs, format, (value)), (int)len), "%s", format);    \
        cr_assert(eq(str, ours, theirs), "%s", format);                                                  \
    } while (0)

/* "text%", flags that are defined for `letter`, a width. */
static char *start_format(char letter)
{
    char *p = format;
    p += sprintf(p, "%.*s%%", (int)random_below(4), "a%%b");
    if (random_below(3) == 0)
        *p++ = '-';
    if (strchr("diuxX", letter) && random_below(3) == 0)
        *p++ = '0';
    if (random_below(2))
        p += sprintf(p, "%u", 1 + (unsigned)random_below(40));
    return p;
}

static void end_format(char *p, const char *size, char letter)
{
    sprintf(p, "%s%c%s", size, letter, random_below(2) ? "|" : "");
}

/* Small and large ones, and both ends. */
static uint64_t random_value(void)
{
    static const uint64_t ends[] = {0, 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN, INT32_MAX, UINT32_MAX, 9, 10};
    return random_below(4) ? random_word() >> random_below(64) : ends[random_below(LC_ARRAY_LEN(ends))];
}

static void format_number(char letter)
{
    static const char *const sizes[] = {"", "l", "ll", "z"};
    unsigned size = (unsigned)random_below(4);
    uint64_t value = random_value();
    end_format(start_format(letter), sizes[size], letter);
    if (size)
        FORMAT_BOTH(value);
    else
        FORMAT_BOTH((unsigned)value);
}

static void format_string(void)
{
    static const char text[] = "the quick brown fox jumps over the lazy dog";
    char *p = start_format('s');
    if (random_below(2))
        p += sprintf(p, ".%u", (unsigned)random_below(sizeof text));
    end_format(p, "", 's');
    const char *part = text + random_below(sizeof text);
    FORMAT_BOTH(part);
}

Test(prop_out, formats_as_snprintf_does)
{
    random_start(1);
    for (int i = 0; i < FORMATS; i++) {
        char letter = "diuxXpcs"[random_below(8)];
        if (letter == 's') {
            format_string();
        } else if (letter == 'c') {
            end_format(start_format('c'), "", 'c');
            FORMAT_BOTH('a' + i % 26);
        } else if (letter == 'p') {
            end_format(start_format('p'), "", 'p');
            void *value = (void *)(random_value() | 1);
            FORMAT_BOTH(value);
        } else {
            format_number(letter);
        }
    }
}

/* Every third digit from the right, and nothing else, is preceded by a comma. */
Test(prop_out, groups_are_thousands)
{
    char plain[32];
    random_start(2);
    for (int i = 0; i < 10000; i++) {
        uint64_t value = random_value();
        lc_format(ours, sizeof ours, "%'lu", value);
        size_t len = strlen(ours), kept = 0;
        for (size_t k = 0; k < len; k++)
            if ((len - k) % 4 == 0)
                cr_assert(eq(chr, ours[k], ','), "%lu", value);
            else
                plain[kept++] = ours[k];
        plain[kept] = '\0';
        snprintf(theirs, sizeof theirs, "%lu", value);
        cr_assert(eq(str, plain, theirs));
    }
}
