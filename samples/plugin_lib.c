/* The plugin of plugin.c. */
#include <stdio.h>
#include <stdlib.h>

void plugin_run(void);

void plugin_run(void)
{
    int *cache = calloc(100, sizeof *cache);
    printf("plugin: %d\n", cache[99]);
#ifdef CONTROL
    free(cache);
#endif
}
