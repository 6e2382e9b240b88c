/* What the program hands to libc to keep. */
#include "leaks.h"

#include <search.h>

// exit takes the buffer away from the stream.
// expect: definite 24/1
CASE(stream_buffer)
{
    setvbuf(stdout, (char *)block(24, NULL), _IOFBF, 24);
}

static int order(const void *a, const void *b)
{
    return a < b ? -1 : a > b;
}

static void *tree(void)
{
    void *root = NULL;
    for (int i = 0; i < 3; i++)
        tsearch(block(24, NULL), &root, order);
    return root;
}

// Nodes of libc's, and the keys that they hold, by pointers with a mark in their lowest bit.
CASE(search_tree)
{
    held = tree();
}

CASE(search_tree_dropped)
{
    use(tree());
}

// putenv keeps the string itself; the table of pointers is libc's.
CASE(environment)
{
    char *text = (char *)block(24, NULL);
    strcpy(text, "LEAKS=1");
    putenv(text);
}
