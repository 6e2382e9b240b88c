#include "mem.h"

#include <error.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 16

static void *checked(void *p)
{
    if (!p)
        error(2, 0, "out of memory");
    return p;
}

void *lc_mem_alloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size));
}

char *lc_mem_format(const char *fmt, ...)
{
    char *text;
    va_list args;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    return checked(text);
}

/* Capacities are powers of two, so that the count tells when it is full. */
void *lc_mem_grow(void *array, size_t count, size_t size)
{
    if (array && (count < FIRST_CAPACITY || (count & (count - 1)) != 0))
        return array;
    return checked(reallocarray(array, count < FIRST_CAPACITY ? FIRST_CAPACITY : count * 2, size));
}

void *lc_mem_resize(void *p, size_t size)
{
    return checked(realloc(p, size));
}
