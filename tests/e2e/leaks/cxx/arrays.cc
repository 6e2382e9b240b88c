// Arrays of objects with and without destructors.
#include "leaks.h"

struct item {
    void *name = block(10, nullptr);
    ~item() { free(name); }
};

// expect: definite 48/1, indirect 50/5
CASE(dropped)
{
    use(new item[5]);
}

// Held behind the cookie.
// expect: reachable 98/6
CASE(kept)
{
    held = new item[5];
}

// expect: possible 98/6
CASE(by_third)
{
    held = new item[5] + 2;
}

// expect: possible 98/6
// options: --leak-check-heuristics=none
CASE(kept_without_heuristics)
{
    held = new item[5];
}

// expect: definite 40/1, indirect 50/5
CASE(of_pointers)
{
    void **p = new void *[5];
    for (int i = 0; i < 5; i++)
        p[i] = block(10, nullptr);
    use(p);
}

// expect: nothing
CASE(deleted)
{
    item *p = new item[5];
    use(p);
    delete[] p;
}
