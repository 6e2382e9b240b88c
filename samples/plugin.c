/* Loads a plugin, lets it leak, and closes it: its frames keep their names. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *plugin = dlopen(argc > 1 ? argv[1] : PLUGIN, RTLD_NOW);
    if (!plugin) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    void (*run)(void) = (void (*)(void))dlsym(plugin, "plugin_run");
    run();
    dlclose(plugin);
    return 0;
}
