/* What libc's string and stdio functions allocate for their caller. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static char *join(const char *a, const char *b)
{
    char *s;
    if (asprintf(&s, "%s-%s", a, b) < 0)
        return NULL;
    return s;
}

int main(void)
{
    char *line = NULL, *memory;
    size_t size = 0;
    FILE *in = fmemopen("first\nsecond, a longer one\n", 26, "r");
    while (getline(&line, &size, in) > 0)
        strndup(line, 3);
    fclose(in);
    FILE *out = open_memstream(&memory, &size);
    for (int i = 0; i < 1000; i++)
        fprintf(out, "%d ", i);
    fclose(out);
    join(join("a", "b"), wcsdup(L"wide") ? "c" : "d");
    setenv("LEAKCHECK_ORACLE", "value", 1);
    realpath("/", NULL);
    return 0;
}
