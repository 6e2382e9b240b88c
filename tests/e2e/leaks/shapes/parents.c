/* Trees whose nodes point back to their parents: every node reaches every other. */
#include "leaks.h"

struct node {
    struct node *left, *right, *parent;
};

static struct node *tree(int depth, struct node *parent)
{
    if (depth == 0)
        return NULL;
    struct node *n = (struct node *)malloc(sizeof *n);
    n->parent = parent;
    n->left = tree(depth - 1, n);
    n->right = tree(depth - 1, n);
    return n;
}

// expect: definite 24/1, indirect 720/30
CASE(dropped)
{
    use(tree(5, NULL));
}

// expect: reachable 744/31
CASE(kept_by_a_leaf)
{
    struct node *n = tree(5, NULL);
    while (n->left)
        n = n->left;
    held = n;
}
