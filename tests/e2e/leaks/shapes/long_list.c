/* A list of 200,000: following it takes no stack. */
#include "leaks.h"

static void *list(void)
{
    void *head = NULL;
    for (int i = 0; i < 200000; i++) {
        void **item = (void **)malloc(sizeof *item);
        *item = head;
        head = item;
    }
    return head;
}

// expect: definite 8/1, indirect 1599992/199999
CASE(dropped)
{
    use(list());
}

// expect: reachable 1600000/200000
CASE(kept)
{
    held = list();
}
