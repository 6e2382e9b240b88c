#include "base/signal_name.h"

#include <string.h>

#define FIRST_REAL_TIME 34 /* of those that libc leaves to programs */
#define LAST 64

static bool begins(const char *text, size_t len, const char *with)
{
    return len >= strlen(with) && strncmp(text, with, strlen(with)) == 0;
}

/* -1 when there is anything else in it. */
static int number(const char *text, size_t len)
{
    int n = 0;
    if (len == 0 || len > 2)
        return -1;
    for (; len; text++, len--) {
        if (*text < '0' || *text > '9')
            return -1;
        n = 10 * n + (*text - '0');
    }
    return n;
}

/* "RTMIN", "RTMIN+3"; what follows is counted from `base` on. */
static int real_time(const char *rest, size_t len, int base, int sign)
{
    if (len == 0)
        return base;
    int n = *rest == (sign > 0 ? '+' : '-') ? number(rest + 1, len - 1) : -1;
    return n < 0 ? 0 : base + sign * n;
}

int lc_signal_number(const char *name, size_t len)
{
    int n = number(name, len);
    if (begins(name, len, "SIG"))
        name += 3, len -= 3;
    if (begins(name, len, "RTMIN"))
        n = real_time(name + 5, len - 5, FIRST_REAL_TIME, 1);
    else if (begins(name, len, "RTMAX"))
        n = real_time(name + 5, len - 5, LAST, -1);
    for (int i = 1; i < FIRST_REAL_TIME && n < 0; i++) {
        const char *known = sigabbrev_np(i);
        if (known && strlen(known) == len && strncmp(known, name, len) == 0)
            n = i;
    }
    return n >= 1 && n <= LAST ? n : 0;
}
