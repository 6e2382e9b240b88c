/* A vector that grows by realloc: what is left is one block, made by the last realloc. */
#include <stdio.h>
#include <stdlib.h>

struct vector {
    size_t count, room;
    int *items;
};

static void push(struct vector *v, int item)
{
    if (v->count == v->room) {
        v->room = v->room ? 2 * v->room : 4;
        v->items = realloc(v->items, v->room * sizeof *v->items);
    }
    v->items[v->count++] = item;
}

int main(void)
{
    struct vector v = {0};
    for (int i = 0; i < 1000; i++)
        push(&v, i);
    printf("%zu of %zu\n", v.count, v.room);
#ifdef CONTROL
    free(v.items);
#endif
    return 0;
}
