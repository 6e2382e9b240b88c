// Several heuristics in one process, each with its own blocks.
#include "leaks.h"

struct destroyed {
    int64_t i;
    ~destroyed() { use(this); }
};

static void all()
{
    destroyed *array = new destroyed[10];
    use(array);
    uint64_t *length = static_cast<uint64_t *>(block(58, nullptr));
    *length = 50;
    held = array;
    held_too = length + 1;
}

// expect: reachable 146/2
CASE(by_default)
{
    all();
}

// expect: reachable 146/2
// options: --leak-check-heuristics=newarray,length64
CASE(both_named)
{
    all();
}

// expect: reachable 146/2
// options: --leak-check-heuristics=all
CASE(by_all)
{
    all();
}

// expect: possible 146/2
// options: --leak-check-heuristics=none
CASE(by_none)
{
    all();
}
