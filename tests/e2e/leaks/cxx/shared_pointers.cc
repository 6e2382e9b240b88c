// Shared pointers: two objects that own each other are never destroyed.
#include "leaks.h"

#include <memory>

struct node {
    std::shared_ptr<node> next;
    std::weak_ptr<node> previous;
    int64_t data[4] = {};
};

// expect: definite 80/1, indirect 80/1
CASE(cycle)
{
    auto a = std::make_shared<node>();
    auto b = std::make_shared<node>();
    a->next = b;
    b->next = a;
}

// expect: definite 80/1
CASE(itself)
{
    auto a = std::make_shared<node>();
    a->next = a;
}

// Object and count apart.
// expect: definite 64/1, indirect 24/1
CASE(cycle_in_two_blocks)
{
    std::shared_ptr<node> a(new node);
    a->next = a;
}

// expect: nothing
CASE(weak_back)
{
    auto a = std::make_shared<node>();
    auto b = std::make_shared<node>();
    a->next = b;
    b->previous = a;
}

static std::shared_ptr<node> kept;

// Destroyed with the process.
// expect: nothing
CASE(global)
{
    kept = std::make_shared<node>();
}

// expect: definite 64/1
CASE(released)
{
    auto a = std::unique_ptr<node>(new node);
    use(a.release());
}
