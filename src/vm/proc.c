#include "vm/proc.h"

#include "base/sys.h"
#include "vm/access.h"

#include <errno.h>
#include <string.h>

int lc_proc_read(pid_t pid, const char *file, char *buf, size_t cap, lc_proc_fn *each, void *arg)
{
    int fd = lc_access_open(pid, file);
    if (fd < 0)
        return fd;
    ssize_t got;
    while ((got = lc_sys_read(fd, buf, cap)) > 0 || got == -EINTR)
        if (got > 0)
            each(arg, buf, (size_t)got);
    lc_sys_close(fd);
    return (int)got;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return 16;
}

bool lc_proc_number(const char **at, unsigned base, uint64_t *out)
{
    const char *p = *at;
    uint64_t value = 0;
    unsigned digit;
    for (; (digit = (unsigned)digit_of(*p)) < base; p++)
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
            return false;
    if (p == *at)
        return false;
    *at = p;
    *out = value;
    return true;
}

/* "   123 kB" */
static uint64_t bytes_at(const char *at)
{
    at += strspn(at, " \t");
    if (*at < '0' || *at > '9')
        return 0;
    uint64_t kilobytes, bytes;
    if (!lc_proc_number(&at, 10, &kilobytes) || __builtin_mul_overflow(kilobytes, 1024, &bytes))
        return UINT64_MAX;
    return bytes;
}

bool lc_proc_field_add(const struct lc_proc_field *fields, size_t count, const char *line, void *record)
{
    for (size_t i = 0; i < count; i++) {
        size_t key_len = strlen(fields[i].key);
        if (strncmp(line, fields[i].key, key_len) != 0)
            continue;
        uint64_t *sum = (uint64_t *)((char *)record + fields[i].offset);
        if (__builtin_add_overflow(*sum, bytes_at(line + key_len), sum))
            *sum = UINT64_MAX;
        return true;
    }
    return false;
}
