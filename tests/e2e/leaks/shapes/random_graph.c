/* Graphs made at random, of blocks of one size and stack: as many leaders as valgrind finds. */
#include "leaks.h"

static void graph(unsigned seed, int blocks, int edges)
{
    static void **all[500];
    uint64_t x = seed;
    for (int i = 0; i < blocks; i++)
        all[i] = (void **)block(64, NULL);
    for (int i = 0; i < edges; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        all[(x >> 33) % blocks][(x >> 20) % 8] = all[(x >> 45) % blocks];
    }
    held = all[0];
    held_too = (char *)all[1] + 8;
    memset(all, 0, sizeof all);
    use(all);
}

// Sparse: many small trees and few cycles.
// leaders: whose the shared children are depends on addresses under valgrind
CASE(sparse)
{
    graph(1, 500, 200);
}

// leaders: whose the shared children are depends on addresses under valgrind
CASE(as_many_edges_as_blocks)
{
    graph(2, 500, 400);
}

// leaders: whose the shared children are depends on addresses under valgrind
CASE(another)
{
    graph(3, 400, 350);
}

// Dense: nearly all is reachable.
// leaders: whose the shared children are depends on addresses under valgrind
CASE(dense)
{
    graph(4, 100, 300);
}
