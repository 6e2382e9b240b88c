// Exceptions: a block of the thrower's is lost, an exception that is being handled holds.
#include "leaks.h"

#include <stdexcept>

struct failure {
    void *detail;
};

__attribute__((noinline)) static void thrower(size_t size)
{
    void *mine = block(size, nullptr);
    use(mine);
    throw 1;
}

// expect: definite 24/1
CASE(lost_by_throwing)
{
    try {
        thrower(24);
    } catch (int) {
    }
}

// expect: definite 24/1
CASE(detail_lost)
{
    try {
        throw failure{block(24, nullptr)};
    } catch (const failure &) {
    }
}

__attribute__((noinline)) static void leave()
{
    scrub();
    exit(0);
}

// exit inside of the handler: the exception lives, known to the runtime's thread-local list.
CASE(exit_in_handler)
{
    try {
        throw failure{block(24, nullptr)};
    } catch (const failure &) {
        leave();
    }
}

// expect: nothing
CASE(text_destroyed)
{
    try {
        throw std::runtime_error("a text that is too long for a short string to keep in itself");
    } catch (const std::exception &) {
    }
}

static std::exception_ptr kept;

CASE(kept_by_pointer)
{
    try {
        throw failure{block(24, nullptr)};
    } catch (const failure &) {
        kept = std::current_exception();
    }
}
