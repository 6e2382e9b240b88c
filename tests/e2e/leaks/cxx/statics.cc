// Objects of static and of thread storage.
#include "leaks.h"

#include <string>
#include <thread>
#include <vector>

std::vector<void *> *never_destroyed;

// expect: reachable 56/3
CASE(singleton)
{
    never_destroyed = new std::vector<void *>;
    never_destroyed->push_back(block(24, nullptr));
}

// The vector is destroyed, the blocks that it knew are not.
// expect: definite 48/2
CASE(destroyed_holder)
{
    static std::vector<void *> holder;
    holder.reserve(2);
    holder.push_back(block(24, nullptr));
    holder.push_back(block(24, nullptr));
}

// expect: nothing
CASE(destroyed_owner)
{
    static std::vector<std::string> owner;
    owner.push_back(std::string(100, 'x'));
}

static thread_local std::string text;
static thread_local std::vector<void *> pointers;

// expect: nothing
CASE(of_an_ended_thread)
{
    std::thread([] { text = std::string(100, 'x'); }).join();
}

// expect: definite 24/1
CASE(holder_of_an_ended_thread)
{
    std::thread([] { pointers.push_back(block(24, nullptr)); }).join();
}
