/* Mappings of the program itself hold, and so does what is found in them. */
#include "leaks.h"

#include <sys/mman.h>

static void **map(size_t size, int flags)
{
    void **p = (void **)mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

// expect: reachable 24/1
CASE(anonymous)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(anonymous_by_inside)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p + 4000;
}

// expect: reachable 24/1
CASE(big_and_hardly_touched)
{
    void **p = map(1UL << 28, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    p[1 << 24] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(shared)
{
    void **p = map(65536, MAP_SHARED | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: definite 24/1
CASE(unmapped)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    munmap(p, 65536);
}

// expect: definite 24/1
// differs: reachable 24/1: what is held holds, though it can't be written any more; valgrind reads only what can
CASE(read_only_since)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    mprotect(p, 65536, PROT_READ);
    held = p;
}

// A mapping that nothing points to holds nothing well: both are lost.
// expect: reachable 24/1
// differs: indirect 24/1, mappings 65536/1: a mapping that nothing points to is lost, with what hangs from it
CASE(lost_mapping)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
}

/* 16 KiB at a multiple of their size, as garbage collectors want them: the rest is given back. */
static void **aligned_page(void)
{
    char *p = (char *)map(32768, MAP_PRIVATE | MAP_ANONYMOUS);
    char *page = (char *)(((uintptr_t)p + 16383) & ~(uintptr_t)16383);
    if (page > p)
        munmap(p, page - p);
    munmap(page + 16384, p + 16384 - page);
    return (void **)page;
}

// expect: reachable 480/20
CASE(trimmed)
{
    static void **pages[20];
    for (int i = 0; i < 20; i++) {
        pages[i] = aligned_page();
        pages[i][2000] = block(24, NULL);
    }
    use(pages);
}

// Pages that a block knows.
// expect: reachable 640/21
CASE(trimmed_and_known_to_a_block)
{
    void **pages = (void **)block(160, NULL);
    for (int i = 0; i < 20; i++) {
        void **page = aligned_page();
        page[2000] = block(24, NULL);
        pages[i] = page;
    }
    held = pages;
}

// Pages that were given back while others stay.
// expect: reachable 240/10, definite 240/10
CASE(every_second_unmapped)
{
    static void **pages[20];
    for (int i = 0; i < 20; i++) {
        pages[i] = aligned_page();
        pages[i][2000] = block(24, NULL);
    }
    for (int i = 0; i < 20; i += 2) {
        munmap(pages[i], 16384);
        pages[i] = NULL;
    }
    use(pages);
}

// expect: reachable 64/2
CASE(mapping_by_mapping)
{
    void **first = map(65536, MAP_PRIVATE | MAP_ANONYMOUS), **second = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    first[100] = second + 5000;
    second[7000] = block(24, block(40, NULL));
    held = first;
}
