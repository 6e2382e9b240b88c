// new T[0]: the pointer that the program has is one past a block of eight bytes.
#include "leaks.h"

struct plain {
    int i;
};

struct destroyed {
    int i;
    ~destroyed() { use(this); }
};

destroyed *objects;
plain *numbers;

// expect: definite 8/1
// differs: reachable 8/1: a pointer to the end of new T[0] holds it
CASE(with_cookie)
{
    objects = new destroyed[0];
}

// expect: definite 8/1
CASE(dropped)
{
    use(new destroyed[0]);
}

// expect: reachable 0/1
CASE(without_cookie)
{
    numbers = new plain[0];
}
