/* Thread-local variables of a module that was loaded with dlopen hold. */
#include "leaks.h"
#include "threads.h"

#include <dlfcn.h>

static void (*hold)(void *);

static void load(void)
{
    void *plugin = dlopen(PLUGIN, RTLD_NOW);
    if (!plugin)
        abort();
    hold = (void (*)(void *))dlsym(plugin, "hold_in_tls");
}

// expect: reachable 24/1
CASE(of_main)
{
    load();
    hold(block(24, NULL));
}

// expect: reachable 24/1
// ours: --use-tls=no
// differs: definite 24/1: thread-local storage is no root
CASE(of_main_off)
{
    load();
    hold(block(24, NULL));
}

static void *work(void *size)
{
    hold(block((size_t)size, NULL));
    scrub();
    here();
    stay();
    return NULL;
}

// valgrind takes the thread's table of such blocks for possibly lost.
// expect: possible 24/1
// differs: reachable 24/1: threads' descriptors and their tables are the runtime's, and hold
CASE(of_other)
{
    load();
    thread(work, (void *)24);
}

static void *work_and_end(void *size)
{
    hold(block((size_t)size, NULL));
    here();
    return NULL;
}

// expect: definite 24/1
CASE(of_ended)
{
    load();
    pthread_join(thread(work_and_end, (void *)24), NULL);
}
