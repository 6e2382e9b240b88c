/* stdstring: a pointer to the characters of the old string of libstdc++, behind length, capacity, references. */
#include "leaks.h"

struct string {
    size_t length, capacity, references;
    char text[];
};

static char *string(size_t length, size_t capacity, size_t size)
{
    struct string *s = (struct string *)block(size, NULL);
    s->length = length;
    s->capacity = capacity;
    s->references = 0;
    memset(s->text, 'a', length);
    return s->text;
}

// expect: reachable 45/1
CASE(by_default)
{
    held = string(15, 20, 24 + 20 + 1);
}

// expect: possible 45/1
// options: --leak-check-heuristics=none
CASE(without)
{
    held = string(15, 20, 24 + 20 + 1);
}

// expect: reachable 45/1
// options: --leak-check-heuristics=stdstring
CASE(alone)
{
    held = string(15, 20, 24 + 20 + 1);
}

// expect: possible 45/1
// options: --leak-check-heuristics=newarray,length64,multipleinheritance
CASE(all_others)
{
    held = string(15, 20, 24 + 20 + 1);
}

// expect: possible 45/1
CASE(longer_than_its_capacity)
{
    held = string(20, 15, 24 + 20 + 1);
}

// expect: possible 46/1
CASE(wrong_size)
{
    held = string(15, 20, 24 + 20 + 2);
}
