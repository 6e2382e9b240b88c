// exceptions ROUNDS: exceptions from many depths, through destructors that allocate, caught, wrapped and thrown
// again, in two threads.
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct held {
    std::string text;
    explicit held(unsigned n) : text(40 + n % 50, 'x') {}
    ~held() // while the stack is being unwound, too: an allocation in an exception in flight
    {
        auto copy = std::make_unique<std::string>(text + text);
        try {
            if (copy->size() % 7 == 0)
                throw std::length_error(*copy);
        } catch (const std::length_error &) {
        }
    }
};

__attribute__((noinline)) static unsigned descend(unsigned depth, unsigned seed)
{
    held here(seed);
    if (depth == 0) {
        if (seed % 3 == 0)
            throw std::runtime_error(here.text);
        if (seed % 3 == 1)
            throw std::vector<std::string>(seed % 5, here.text);
        return seed;
    }
    std::map<unsigned, std::string> local{{seed, here.text}, {depth, "y"}};
    if (depth % 4)
        return descend(depth - 1, seed * 1103515245 + 12345) + unsigned(local.size());
    try {
        return descend(depth - 1, seed + 7);
    } catch (const std::runtime_error &e) {
        if (depth % 8)
            std::throw_with_nested(std::logic_error(e.what() + std::to_string(depth)));
        throw;
    } catch (const std::logic_error &) {
        return unsigned(std::string(100, 'z').size());
    }
}

static void work(unsigned rounds, unsigned seed)
{
    for (unsigned i = 0; i < rounds; i++)
        try {
            descend(i % 23, seed + i * 2654435761u);
        } catch (const std::vector<std::string> &v) {
            std::string copy = v.empty() ? std::string(70, 'q') : v[0] + v[0];
        } catch (const std::exception &e) {
            std::string copy(e.what() + std::string(50, 'e'));
        }
}

int main(int, char **argv)
{
    const unsigned rounds = unsigned(std::atoi(argv[1]));
    std::thread other(work, rounds, 99u);
    work(rounds, 1);
    other.join();
}
