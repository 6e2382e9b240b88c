// Every operator new, dropped and held.
#include "leaks.h"

#include <new>

struct alignas(64) wide {
    char c[64];
};

static void all(void **p)
{
    p[0] = new int;
    p[1] = new int[5];
    p[2] = new (std::nothrow) long;
    p[3] = new (std::nothrow) char[11];
    p[4] = ::operator new(33);
    p[5] = ::operator new[](44);
    p[6] = new wide;
    use(p);
}

// expect: definite 184/7
CASE(dropped)
{
    void *p[7];
    all(p);
    memset(p, 0, sizeof p);
    use(p);
}

// expect: reachable 184/7
CASE(kept)
{
    static void *p[7];
    all(p);
}
