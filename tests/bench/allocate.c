/* allocate list|tree COUNT: nothing but malloc and free, and shallow stacks.
 *
 *   list   COUNT times a list of 100 nodes is made in main and freed
 *   tree   COUNT times a binary tree of 1,023 nodes is made and freed, recursively: stacks of up to a dozen frames */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_NODES 100
#define TREE_LEVELS 10

struct node {
    struct node *left, *right;
};

static struct node *make_node(struct node *left, struct node *right)
{
    struct node *node = malloc(sizeof *node);
    if (!node)
        abort();
    node->left = left;
    node->right = right;
    return node;
}

static void list(void)
{
    struct node *first = NULL;
    for (int i = 0; i < LIST_NODES; i++)
        first = make_node(first, NULL);
    while (first) {
        struct node *next = first->left;
        free(first);
        first = next;
    }
}

static struct node *grow(int levels)
{
    if (levels == 0)
        return NULL;
    struct node *left = grow(levels - 1);
    return make_node(left, grow(levels - 1));
}

static void fell(struct node *node)
{
    if (!node)
        return;
    fell(node->left);
    fell(node->right);
    free(node);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    for (long i = strtol(argv[2], NULL, 10); i > 0; i--)
        if (strcmp(argv[1], "list") == 0)
            list();
        else
            fell(grow(TREE_LEVELS));
    puts("done");
    return 0;
}
