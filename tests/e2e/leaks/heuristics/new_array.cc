// newarray: a pointer to the first object of new T[n], behind the number of objects.
#include "leaks.h"

struct destroyed {
    int64_t i;
    ~destroyed() { use(this); }
};

__attribute__((noinline)) static destroyed *array(size_t n)
{
    destroyed *p = new destroyed[n];
    use(p);
    return p;
}

// expect: reachable 88/1
CASE(by_default)
{
    held = array(10);
}

// expect: possible 88/1
// options: --leak-check-heuristics=none
CASE(without)
{
    held = array(10);
}

// expect: reachable 88/1
// options: --leak-check-heuristics=newarray
CASE(alone)
{
    held = array(10);
}

// expect: possible 88/1
// options: --leak-check-heuristics=stdstring,length64,multipleinheritance
CASE(all_others)
{
    held = array(10);
}

// expect: possible 88/1
CASE(second_object)
{
    held = array(10) + 1;
}

// The number in front is not the number of objects.
// expect: possible 88/1
CASE(wrong_number)
{
    destroyed *p = array(10);
    reinterpret_cast<size_t *>(p)[-1] = 7;
    held = p;
}

// A child of such an array.
// expect: reachable 112/2
CASE(with_child)
{
    destroyed *p = array(10);
    reinterpret_cast<void **>(p)[3] = block(24, nullptr);
    held = p;
}

// expect: definite 88/1
CASE(dropped)
{
    array(10);
}

// expect: definite 16/1, indirect 88/1
CASE(in_a_lost_block)
{
    block(16, array(10));
}
