/* An arena of the program's own: blocks whose only pointers are in mapped memory. */
#include "leaks.h"

#include <sys/mman.h>

static char *arena;
static size_t used;

static void *take(size_t size)
{
    void *p = arena + used;
    used += (size + 15) & ~(size_t)15;
    return p;
}

// expect: reachable 24000/1000
CASE(of_pointers)
{
    arena = (char *)mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 1000; i++) {
        void **cell = (void **)take(40);
        cell[3] = block(24, NULL);
    }
}

// The arena is a block: python's and cc1's own allocators do it.
// expect: reachable 1072576/1001
CASE(in_a_block)
{
    arena = (char *)block(1 << 20, NULL);
    for (int i = 0; i < 1000; i++) {
        void **cell = (void **)take(40);
        cell[3] = block(24, NULL);
    }
}
