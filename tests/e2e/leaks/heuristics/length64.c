/* length64: a pointer behind a first word that is the size of what follows it. */
#include "leaks.h"

static char *with_length(size_t rest, uint64_t length)
{
    uint64_t *p = (uint64_t *)block(8 + rest, NULL);
    *p = length;
    return (char *)(p + 1);
}

// expect: reachable 58/1
CASE(by_default)
{
    held = with_length(50, 50);
}

// expect: possible 58/1
// options: --leak-check-heuristics=none
CASE(without)
{
    held = with_length(50, 50);
}

// expect: reachable 58/1
// options: --leak-check-heuristics=length64
CASE(alone)
{
    held = with_length(50, 50);
}

// newarray takes it for one, too: so many objects of one byte.
// expect: possible 58/1
// options: --leak-check-heuristics=stdstring,multipleinheritance
CASE(all_others)
{
    held = with_length(50, 50);
}

// expect: possible 58/1
CASE(wrong_length)
{
    held = with_length(50, 49);
}

// expect: possible 64/1
CASE(second_word_behind)
{
    held = with_length(56, 56) + 8;
}

// What sqlite's memory looks like.
// expect: reachable 124/2
CASE(with_child)
{
    void **p = (void **)with_length(80, 80);
    p[2] = block(36, NULL);
    held = p;
}
