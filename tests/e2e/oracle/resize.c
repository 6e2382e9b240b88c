/* realloc in every direction. */
#include <stdlib.h>

static void *grow(void *p, size_t size)
{
    return realloc(p, size);
}

int main(void)
{
    void *a = NULL;
    for (size_t size = 1; size < 300000; size *= 3)
        a = grow(a, size);
    void *b = grow(malloc(1000), 10);
    void *c = grow(malloc(10), 1000);
    c = grow(c, 20);
    void *d = malloc(40);
    free(grow(d, 4000));
    void *e = reallocarray(NULL, 10, 10);
    return a && b && c && e ? 0 : 1;
}
