/* A cache that keeps everything it ever had. */
#include "leaks.h"

struct entry {
    struct entry *next;
    char *key;
    void *value;
};

static struct entry *buckets[32];

// expect: reachable 27200/600
CASE(cache)
{
    for (int i = 0; i < 200; i++) {
        struct entry *e = (struct entry *)block(sizeof *e, buckets[i % 32]);
        e->key = (char *)block(12, NULL);
        e->value = block(100, NULL);
        buckets[i % 32] = e;
    }
}
