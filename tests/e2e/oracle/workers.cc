// std::thread and what its tasks leave behind.
#include <future>
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
    results->push_back(std::async(std::launch::deferred, [] { return new int(3); }).get());
    return 0;
}
