// A C++ program whose objects live in containers of static storage that are never destroyed.
#include "leaks.h"

#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct base {
    virtual ~base() {}
    std::string name = std::string(50, 'n');
};
struct other {
    virtual ~other() {}
};
struct derived : base, other {
    std::vector<std::shared_ptr<base>> friends;
};

static auto &objects = *new std::map<std::string, std::shared_ptr<derived>>;
static auto &others = *new std::vector<other *>;
static auto &words = *new std::unordered_map<std::string, std::list<std::string>>;

CASE(containers)
{
    for (int i = 0; i < 50; i++) {
        auto d = std::make_shared<derived>();
        objects["object " + std::to_string(i)] = d;
        for (auto &o : objects)
            d->friends.push_back(o.second);
        others.push_back(new derived);
        words[std::string(30, 'a' + i % 20)].push_back(std::string(20 + i, 'w'));
    }
}
