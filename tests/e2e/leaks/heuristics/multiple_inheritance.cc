// multipleinheritance: a pointer to a base that is not the first one, at whose place a table of functions stands.
#include "leaks.h"

struct a {
    int64_t i = 1;
    virtual ~a() {}
};
struct b {
    int64_t i = 2;
    virtual ~b() {}
};
struct c : a, b {
    int64_t j[5] = {};
};

__attribute__((noinline)) static b *second_base()
{
    b *p = new c;
    use(p);
    return p;
}

// expect: reachable 72/1
CASE(by_default)
{
    held = second_base();
}

// expect: possible 72/1
// options: --leak-check-heuristics=none
CASE(without)
{
    held = second_base();
}

// expect: reachable 72/1
// options: --leak-check-heuristics=multipleinheritance
CASE(alone)
{
    held = second_base();
}

// expect: possible 72/1
// options: --leak-check-heuristics=stdstring,newarray,length64
CASE(all_others)
{
    held = second_base();
}

// expect: possible 72/1
CASE(to_no_base)
{
    held = reinterpret_cast<char *>(second_base()) + 8;
}

struct d : c {
    void *child = nullptr;
};

// expect: reachable 104/2
CASE(with_child)
{
    d *p = new d;
    p->child = block(24, nullptr);
    use(p);
    held = static_cast<b *>(p);
}

// expect: definite 72/1
CASE(dropped)
{
    second_base();
}
