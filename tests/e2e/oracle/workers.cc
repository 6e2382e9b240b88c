// std::thread and what its tasks leave behind. (No std::async: valgrind 3.19 misses the inlined frames in it, which
// addr2line has as leakcheck does.)
#include <mutex>
#include <thread>
#include <vector>

static std::mutex lock;
static std::vector<int *> *results = new std::vector<int *>;

static void work(int n)
{
    int *p = new int[static_cast<std::size_t>(n)];
    std::lock_guard<std::mutex> guard(lock);
    results->push_back(p);
}

int main()
{
    std::vector<std::thread> threads;
    for (int i = 1; i <= 4; i++) {
        threads.emplace_back(work, i);
        threads.back().join();
    }
    return 0;
}
