// Threads of the C++ library: what they are started with, what they leave.
#include "leaks.h"

#include <future>
#include <memory>
#include <thread>

// expect: definite 24/1
CASE(joined)
{
    std::thread([] { use(block(24, nullptr)); }).join();
}

// expect: definite 24/1
CASE(result_dropped)
{
    auto result = std::async(std::launch::async, [] { return block(24, nullptr); });
    use(result.get());
}

// expect: reachable 24/1
CASE(result_kept)
{
    held = std::async(std::launch::async, [] { return block(24, nullptr); }).get();
}

// expect: nothing
CASE(result_owned)
{
    auto owner = std::async(std::launch::async, [] { return std::make_unique<int>(7); }).get();
}
