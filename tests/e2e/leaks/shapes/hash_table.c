/* A table of chains, with names: what a usual program leaks. */
#include "leaks.h"

struct entry {
    struct entry *next;
    char *name;
};

static struct entry **table(void)
{
    struct entry **t = (struct entry **)block(64 * sizeof *t, NULL);
    for (unsigned i = 0; i < 500; i++) {
        struct entry *e = (struct entry *)block(sizeof *e, t[i * 7 % 64]);
        e->name = (char *)block(10, NULL);
        t[i * 7 % 64] = e;
    }
    return t;
}

// expect: definite 512/1, indirect 13000/1000
CASE(dropped)
{
    table();
}

// expect: reachable 13512/1001
CASE(kept)
{
    held = table();
}

// Bucket 0 was emptied without freeing: entries 0, 64, ... 448.
// expect: definite 16/1, indirect 192/15, reachable 13304/985
CASE(bucket_dropped)
{
    struct entry **t = table();
    held = t;
    t[0] = NULL;
}
