// Containers: the container itself is lost, its contents hang from it.
#include "leaks.h"

#include <deque>
#include <list>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

template <typename T> __attribute__((noinline)) static T *filled()
{
    T *t = new T;
    for (int i = 0; i < 20; i++)
        t->insert(t->end(), {i});
    use(t);
    return t;
}

// expect: definite 24/1, indirect 480/20
CASE(list)
{
    filled<std::list<int>>();
}

// expect: reachable 504/21
CASE(list_kept)
{
    held = filled<std::list<int>>();
}

// expect: definite 24/1, indirect 128/1
CASE(vector)
{
    filled<std::vector<int>>();
}

// expect: reachable 152/2
CASE(vector_kept)
{
    held = filled<std::vector<int>>();
}

// The root of the tree has a pointer back to the header in the container.
// expect: definite 48/1, indirect 800/20
CASE(set)
{
    filled<std::set<int>>();
}

// expect: reachable 848/21
CASE(set_kept)
{
    held = filled<std::set<int>>();
}

CASE(map_of_strings)
{
    auto *m = new std::map<std::string, std::string>;
    for (int i = 0; i < 20; i++)
        (*m)["key " + std::to_string(i)] = std::string(40 + i, 'x');
    use(m);
}

CASE(map_of_strings_kept)
{
    auto *m = new std::map<std::string, std::string>;
    for (int i = 0; i < 20; i++)
        (*m)["key " + std::to_string(i)] = std::string(40 + i, 'x');
    held = m;
}

CASE(unordered_map)
{
    auto *m = new std::unordered_map<int, int>;
    for (int i = 0; i < 100; i++)
        (*m)[i] = i;
    use(m);
}

CASE(unordered_map_kept)
{
    auto *m = new std::unordered_map<int, int>;
    for (int i = 0; i < 100; i++)
        (*m)[i] = i;
    held = m;
}

// The middle of a deque's table of pieces.
CASE(deque)
{
    use(filled<std::deque<int>>());
}

CASE(deque_kept)
{
    held = filled<std::deque<int>>();
}

// expect: nothing
CASE(freed)
{
    delete filled<std::list<int>>();
    delete filled<std::set<int>>();
    delete filled<std::vector<int>>();
}
