/* Other functions of libc that allocate: for the caller, or for themselves. */
#define _GNU_SOURCE
#include "leaks.h"

#include <dirent.h>
#include <glob.h>
#include <regex.h>

// expect: definite 5/1
CASE(strdup_dropped)
{
    use(strdup("text"));
}

// expect: definite 4/1
CASE(asprintf_dropped)
{
    char *text;
    use((void *)(intptr_t)asprintf(&text, "%d", 123));
}

// expect: nothing
CASE(environment)
{
    setenv("LEAKS", "1", 1);
    setenv("LEAKS", "22", 1);
}

// expect: nothing
CASE(regular_expression_freed)
{
    regex_t r;
    regcomp(&r, "a[bc]*", 0);
    regfree(&r);
}

CASE(regular_expression_dropped)
{
    regex_t r;
    regcomp(&r, "a[bc]*", 0);
    memset(&r, 0, sizeof r);
    use(&r);
}

CASE(regular_expression_kept)
{
    static regex_t r;
    regcomp(&r, "a[bc]*", 0);
    use(&r);
}

CASE(directory_dropped)
{
    use(opendir("/"));
}

CASE(directory_kept)
{
    held = opendir("/");
}

static void at_exit(void)
{
}

// More handlers than libc has room for by itself.
// expect: nothing
CASE(exit_handlers)
{
    for (int i = 0; i < 100; i++)
        atexit(at_exit);
}
