#include "base/out.h"

#include "base/sys.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char text[256];

#define FORMATS(expected, ...)                                                                           \
    do {                                                                                                 \
        cr_assert(eq(sz, lc_format(text, sizeof text, __VA_ARGS__), strlen(expected)));                  \
        cr_assert(eq(str, text, expected));                                                              \
    } while (0)

Test(out, formats_text)
{
    FORMATS("a b%", "%c %s%%", 'a', "b");
    FORMATS("   ab|ab   |", "%5s|%-5s|", "ab", "ab");
    FORMATS("ab|abc", "%.2s|%.*s", "abc", 5, "abc");
    FORMATS("  a", "%*c", 3, 'a');
}

Test(out, formats_numbers)
{
    FORMATS("-1 4294967295 ff FF", "%d %u %x %X", -1, -1, 255, 255);
    FORMATS("-9223372036854775808 18446744073709551615", "%ld %lu", INT64_MIN, UINT64_MAX);
    FORMATS("7 -7 8", "%zu %lld %llu", (size_t)7, -7LL, 8ULL);
    FORMATS("00042|-0042|42   |   42", "%05d|%05d|%-5d|%5d", 42, -42, 42, 42);
    FORMATS("0x7f0012 0x0", "%p %p", (void *)0x7f0012, NULL);
}

Test(out, groups_thousands_in_every_locale)
{
    FORMATS("0 999 1,000 -1,234,567", "%'d %'d %'d %'d", 0, 999, 1000, -1234567);
    FORMATS("    1,000|1,000    ", "%'9u|%-'9u", 1000, 1000);
    FORMATS("18,446,744,073,709,551,615", "%'lu", UINT64_MAX);
}

Test(out, a_format_never_leaves_its_buffer)
{
    char buf[8] = "zzzzzzz";
    cr_assert(eq(sz, lc_format(buf, 4, "%s", "abcdef"), 3));
    cr_assert(eq(str, buf, "abc"));
    cr_assert(eq(chr, buf[4], 'z'));
    cr_assert(eq(sz, lc_format(buf, 1, "%d", 5), 0));
    cr_assert(eq(str, buf, ""));
}

Test(out, sizes_for_people)
{
    static const struct {
        uint64_t bytes;
        char text[8];
    } sizes[] = {
        {0, "0"},
        {1, "1 B"},
        {999, "999 B"},
        {1000, "1.0K"},
        {16384, "16.0K"},
        {999 << 10, "999.0K"},
        {1000 << 10, "1.0M"},
        {1717987, "1.6M"},
        {(uint64_t)123 << 30, "123.0G"},
        {(uint64_t)128 << 40, "128.0T"},
        {(uint64_t)1 << 60, "1.0E"},
    };
    char buf[16];
    for (size_t i = 0; i < LC_ARRAY_LEN(sizes); i++) {
        lc_format_size(buf, sizes[i].bytes);
        cr_assert(eq(int, strcmp(buf, sizes[i].text), 0), "%s, not %s", buf, sizes[i].text);
    }
}

Test(out, a_size_is_at_most_seven_bytes)
{
    char buf[16];
    for (uint64_t bytes = 1; bytes < (uint64_t)1 << 60; bytes += bytes / 64 + 1)
        cr_assert(le(sz, strlen(lc_format_size(buf, bytes)), 7), "%lu", bytes);
}

Test(out, lines_are_counted)
{
    char buf[64];
    struct lc_out o;
    lc_out_init(&o, -1, buf, sizeof buf);
    lc_out_str(&o, "\na\n\nb");
    cr_assert(eq(u64, o.lines, 3));
    lc_out_char(&o, '\n');
    lc_out_repeat(&o, '\n', 100); /* what is cut is counted, too */
    cr_assert(eq(u64, o.lines, 104));
    cr_assert(eq(sz, o.len, sizeof buf));
}

Test(out, a_full_buffer_is_written)
{
    static char all[1000];
    char buf[64], want[8];
    struct lc_out o;
    int fd = lc_sys_memfd("test");
    lc_out_init(&o, fd, buf, sizeof buf);
    for (int i = 0; i < 100; i++)
        lc_out_fmt(&o, "%05d\n", i);
    cr_assert(eq(int, lc_out_flush(&o), 0));
    cr_assert(eq(sz, o.len, 0));
    cr_assert(eq(long, lc_sys_pread(fd, all, sizeof all, 0), 600));
    for (int i = 0; i < 100; i++) {
        snprintf(want, sizeof want, "%05d\n", i);
        cr_assert(eq(int, memcmp(all + 6 * i, want, 6), 0));
    }
}

Test(out, the_first_failure_is_kept_and_nothing_more_is_written)
{
    char buf[64];
    struct lc_out o;
    lc_out_init(&o, lc_sys_open("/dev/full", O_WRONLY, 0), buf, sizeof buf);
    lc_out_repeat(&o, 'x', 200);
    cr_assert(eq(int, lc_out_flush(&o), -ENOSPC));
    lc_sys_close(o.fd);
    o.fd = lc_sys_memfd("test");
    lc_out_str(&o, "late\n");
    cr_assert(eq(int, lc_out_flush(&o), -ENOSPC));
    cr_assert(eq(long, lc_sys_lseek(o.fd, 0, SEEK_END), 0));
    cr_assert(eq(u64, o.lines, 1));
}

/* Two pipefuls, slowly. */
static void *drain(void *fd)
{
    static char part[1000];
    size_t sum = 0;
    for (ssize_t n; (n = read(*(int *)fd, part, sizeof part)) > 0;)
        sum += (size_t)n;
    return (void *)sum;
}

Test(out, short_writes_are_continued)
{
    static char big[200000];
    int ends[2];
    pthread_t reader;
    void *sum;
    cr_assert(eq(int, pipe(ends), 0));
    fcntl(ends[1], F_SETFL, O_NONBLOCK); /* a full pipe answers -EAGAIN */
    pthread_create(&reader, NULL, drain, &ends[0]);
    struct lc_out o;
    lc_out_init(&o, ends[1], big, sizeof big);
    lc_out_repeat(&o, 'x', sizeof big);
    cr_assert(eq(int, lc_out_flush(&o), 0));
    close(ends[1]);
    pthread_join(reader, &sum);
    cr_assert(eq(sz, (size_t)sum, sizeof big));
}
