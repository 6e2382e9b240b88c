/* Frames that the compiler finds hard: alloca, arrays of variable length, realigned stacks, many arguments,
 * tail calls. */
#include <alloca.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

static char *end(size_t n)
{
    return malloc(n);
}

static __attribute__((noinline)) char *tail(size_t n)
{
    return end(n + 1);
}

static __attribute__((noinline)) char *with_alloca(size_t n)
{
    char *room = alloca(n);
    memset(room, 1, n);
    char *p = tail(n);
    p[0] = room[n / 2];
    return p;
}

static __attribute__((noinline)) char *with_vla(size_t n)
{
    char room[n * 3];
    memset(room, 2, sizeof room);
    char *p = with_alloca(n + 2);
    p[0] = room[n];
    return p;
}

static __attribute__((noinline)) char *realigned(size_t n)
{
    alignas(128) char room[256];
    memset(room, 3, sizeof room);
    char *p = with_vla(n + 3);
    p[0] = room[n];
    return p;
}

static __attribute__((noinline)) long many(long a, long b, long c, long d, long e, long f, long g, long h, long i)
{
    char *p = realigned((size_t)(a + b + c + d));
    p[0] = 1;
    return e + f + g + h + i + p[0];
}

int main(void)
{
    return many(1, 2, 3, 4, 5, 6, 7, 8, 9) == 36 && with_alloca(50) && realigned(20) && tail(9) ? 0 : 1;
}
