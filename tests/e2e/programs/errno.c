/* What the allocation functions do to errno: nothing when they succeed, what their pages say when they fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile size_t huge = PTRDIFF_MAX;

#define KEEPS(expression)                                                                                \
    do {                                                                                                 \
        errno = 4711;                                                                                    \
        expression;                                                                                      \
        if (errno != 4711)                                                                               \
            printf("%s: errno %d\n", #expression, errno), bad++;                                         \
    } while (0)

#define FAILS(expression, failure, number)                                                               \
    do {                                                                                                 \
        errno = 0;                                                                                       \
        if ((expression) != (failure) || errno != (number))                                              \
            printf("%s: errno %d\n", #expression, errno), bad++;                                         \
    } while (0)

int main(void)
{
    int bad = 0;
    void *p, *q;
    KEEPS(p = malloc(10));
    KEEPS(p = realloc(p, 100000));
    KEEPS(free(p));
    KEEPS(p = calloc(3, 5));
    KEEPS(p = reallocarray(p, 7, 9));
    KEEPS(malloc_usable_size(p));
    KEEPS(free(p));
    KEEPS(free(NULL));
    KEEPS(posix_memalign(&p, 64, 10); free(p));
    KEEPS(free(aligned_alloc(64, 64)));
    KEEPS(free(memalign(64, 10)));
    KEEPS(free(valloc(10)));
    KEEPS(free(pvalloc(10)));
    KEEPS(q = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    KEEPS(q = mremap(q, 4096, 8192, MREMAP_MAYMOVE));
    KEEPS(munmap(q, 8192));
    KEEPS(sbrk(0));
    FAILS(malloc(huge), NULL, ENOMEM);
    FAILS(calloc(huge, 2), NULL, ENOMEM);
    p = malloc(10);
    FAILS(realloc(p, huge), NULL, ENOMEM);
    FAILS(reallocarray(p, huge, huge), NULL, ENOMEM);
    free(p);
    FAILS(aligned_alloc(64, huge), NULL, ENOMEM);
    FAILS(memalign(64, huge), NULL, ENOMEM);
    FAILS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MAP_FAILED, EINVAL);
    FAILS(munmap((void *)1, 4096), -1, EINVAL);
    FAILS(mremap((void *)1, 4096, 8192, 0), MAP_FAILED, EINVAL);
    if (posix_memalign(&p, 3, 10) != EINVAL || posix_memalign(&p, 64, huge) != ENOMEM)
        printf("posix_memalign\n"), bad++;
    if (!bad)
        puts("ok");
    return bad;
}
