// The containers of the standard library, some of them leaked as a whole.
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

struct Record {
    std::string name;
    std::vector<int> values;
    std::map<std::string, int> index;
};

static Record *make(int n)
{
    auto *r = new Record;
    r->name = "a name long enough to live on the heap, number " + std::to_string(n);
    for (int i = 0; i < n; i++) {
        r->values.push_back(i);
        r->index["key " + std::to_string(i)] = i;
    }
    return r;
}

int main()
{
    make(10);
    auto *list = new std::list<std::string>(3, "each of these strings is on the heap, too");
    auto *deque = new std::deque<int>(1000, 1);
    auto *set = new std::set<int>{3, 1, 2};
    auto *hash = new std::unordered_map<int, std::string>{{1, "one"}, {2, "two, which is a longer word than one is"}};
    std::vector<std::unique_ptr<Record>> freed;
    for (int i = 0; i < 5; i++)
        freed.emplace_back(make(i));
    auto shared = std::make_shared<std::vector<int>>(50);
    new std::shared_ptr<std::vector<int>>(shared);
    return list->size() + deque->size() + set->size() + hash->size() == 0;
}
