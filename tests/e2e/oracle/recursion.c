/* Blocks from every depth of two functions that call each other. */
#include <stdlib.h>

static void odd(int n, char **out);

static void even(int n, char **out)
{
    out[n] = calloc(1, (size_t)n + 1);
    if (n)
        odd(n - 1, out);
}

static void odd(int n, char **out)
{
    out[n] = malloc((size_t)n + 100);
    if (n)
        even(n - 1, out);
    if (n % 3 == 0)
        free(out[n]);
}

int main(void)
{
    char *out[31];
    even(30, out);
    return 0;
}
