/* Allocations below libc's own functions, and through pointers to functions. */
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

static void *last;

static int compare(const void *a, const void *b)
{
    last = malloc(3);
    return *(const int *)a - *(const int *)b;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void *make_small(void)
{
    return malloc(5);
}

static void *make_large(void)
{
    return calloc(100, 7);
}

int main(void)
{
    int numbers[] = {5, 3, 9, 1, 7};
    qsort(numbers, 5, sizeof *numbers, compare);
    int key = 7;
    bsearch(&key, numbers, 5, sizeof *numbers, compare);
    void *root = NULL;
    tsearch(strdup("one"), &root, by_text);
    tsearch(strdup("two"), &root, by_text);
    void *(*makers[])(void) = {make_small, make_large, make_small};
    for (int i = 0; i < 3; i++)
        makers[i]();
    return 0;
}
