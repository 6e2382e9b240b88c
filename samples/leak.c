/* The classic: a copy whose only pointer goes out of scope. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *greeting(const char *name)
{
    char *text = malloc(64);
    snprintf(text, 64, "hello, %s", name);
    return text;
}

int main(void)
{
    static const char *const names[] = {"world", "valgrind", "mtrace"};
    for (int i = 0; i < 3; i++) {
        char *text = greeting(names[i]);
        puts(text);
#ifdef CONTROL
        free(text);
#endif
    }
    return 0;
}
