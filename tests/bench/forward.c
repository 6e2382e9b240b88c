/* The floor: a preloaded library that hands each call on and does nothing else. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

#define REAL(type, name, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (__builtin_expect(!real, 0))                                                                                    \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

void *malloc(size_t size)
{
    REAL(void *, "malloc", size_t);
    return real(size);
}

void free(void *block)
{
    REAL(void, "free", void *);
    real(block);
}

void *calloc(size_t count, size_t size)
{
    REAL(void *, "calloc", size_t, size_t);
    return real(count, size);
}

void *realloc(void *block, size_t size)
{
    REAL(void *, "realloc", void *, size_t);
    return real(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    REAL(void *, "memalign", size_t, size_t);
    return real(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    REAL(void *, "aligned_alloc", size_t, size_t);
    return real(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    REAL(int, "posix_memalign", void **, size_t, size_t);
    return real(block, alignment, size);
}
