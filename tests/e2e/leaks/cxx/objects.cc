// Objects that own others, and what becomes of them without the right destructor.
#include "leaks.h"

#include <functional>
#include <memory>
#include <vector>

struct shape {
    int64_t sides = 0;
    void *name = nullptr;
};

struct polygon {
    std::vector<int> points = std::vector<int>(10);
    std::unique_ptr<shape> outline = std::make_unique<shape>();
};

// expect: definite 32/1, indirect 56/2
CASE(dropped)
{
    use(new polygon);
}

// expect: nothing
CASE(deleted)
{
    polygon *p = new polygon;
    use(p);
    delete p;
}

// Freed without its destructor.
// expect: definite 56/2
CASE(never_destroyed)
{
    void *p = malloc(sizeof(polygon));
    use(new (p) polygon);
    free(p);
}

// expect: reachable 88/3
CASE(kept)
{
    held = new polygon;
}

static std::vector<polygon *> &all()
{
    static auto *v = new std::vector<polygon *>;
    return *v;
}

// Out of the vector without delete; the place behind its end is still there to be read.
// expect: reachable 40/2
CASE(in_a_vector)
{
    all().reserve(2);
    all().push_back(nullptr);
    all().push_back(nullptr);
}

struct callback {
    std::function<int()> function;
};

// What a function object took by value.
// expect: definite 32/1, indirect 48/1
CASE(closure)
{
    auto *c = new callback;
    int64_t by_value[6] = {1, 2, 3};
    c->function = [by_value] { return static_cast<int>(by_value[1]); };
    use(c);
}
