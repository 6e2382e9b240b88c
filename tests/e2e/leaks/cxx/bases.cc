// Objects that are held by a pointer to a base which is not at their start.
#include "leaks.h"

struct base {
    int64_t i = 1;
    virtual ~base() {}
};
struct left : virtual base {
    int64_t l = 2;
};
struct right : virtual base {
    int64_t r = 3;
};
struct bottom : left, right {
    int64_t b = 4;
};

// expect: reachable 56/1
CASE(virtual_base)
{
    base *p = new bottom;
    held = p;
}

// expect: reachable 56/1
CASE(second_base)
{
    right *p = new bottom;
    held = p;
}

// expect: definite 56/1
CASE(dropped)
{
    use(new bottom);
}

struct first {
    int64_t f = 5;
};
struct second {
    int64_t s = 2;
};
struct plain : first, second {
    int64_t p = 3;
};

// No table of functions tells that this is a base.
// expect: possible 24/1
CASE(base_without_virtual)
{
    second *p = new plain;
    held = p;
}
