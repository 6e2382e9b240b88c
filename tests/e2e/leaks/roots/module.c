/* The data of a module that was loaded with dlopen holds, as long as it is loaded. */
#include "leaks.h"

#include <dlfcn.h>

static void *load(void)
{
    void *plugin = dlopen(PLUGIN, RTLD_NOW);
    if (!plugin)
        abort();
    return plugin;
}

static void hold(void *plugin, const char *how, void *p)
{
    ((void (*)(void *))dlsym(plugin, how))(p);
}

// expect: reachable 24/1
CASE(in_data)
{
    hold(load(), "hold_in_data", block(24, NULL));
}

// expect: reachable 24/1
CASE(in_bss)
{
    hold(load(), "hold_in_bss", block(24, NULL));
}

// expect: reachable 24/1
// ours: --use-globals=no
// differs: definite 24/1: globals are no roots
CASE(in_data_off)
{
    hold(load(), "hold_in_data", block(24, NULL));
}

// expect: definite 24/1
CASE(closed)
{
    void *plugin = load();
    hold(plugin, "hold_in_data", block(24, NULL));
    dlclose(plugin);
}
