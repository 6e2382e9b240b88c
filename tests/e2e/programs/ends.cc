// As ends.c, for the ends that C does not have.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

static void *volatile kept;

static void __attribute__((noinline)) lose()
{
    std::memset(std::malloc(4321), 'x', 4321);
}

static struct Destroyed {
    ~Destroyed()
    {
        std::printf("destructor\n");
        std::free(kept);
    }
} destroyed;

static void end_static_destructor()
{
    std::exit(7);
}

static void end_uncaught()
{
    throw std::runtime_error("nobody catches this");
}

static void end_uncaught_in_thread()
{
    std::thread(end_uncaught).join();
}

static void end_terminate()
{
    std::set_terminate([] { std::printf("terminate\n"), std::fflush(stdout), std::_Exit(7); });
    end_uncaught();
}

static void end_thread_local()
{
    thread_local struct Local {
        ~Local() { std::printf("thread-local\n"); }
    } local;
    (void)&local;
    std::thread([] { lose(); }).detach();
    std::exit(7);
}

int main(int argc, char **argv)
{
    kept = std::malloc(1234);
    lose();
    std::printf("buffered: %s\n", argv[1]);
#define END(name) \
    if (std::strcmp(argv[1], #name) == 0) \
    end_##name()
    END(static_destructor);
    END(uncaught);
    END(uncaught_in_thread);
    END(terminate);
    END(thread_local);
    return 99;
}
