/* A block that is freed twice. glibc notices, too, and aborts: who freed it, it does not say. */
#include <stdio.h>
#include <stdlib.h>

static void drop(char *buffer)
{
    free(buffer);
}

int main(void)
{
    char *buffer = malloc(100);
    drop(buffer);
#ifndef CONTROL
    drop(buffer);
#endif
    puts("done");
    return 0;
}
