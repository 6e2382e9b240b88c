/* Binary trees: a lost root, a branch that was cut off. */
#include "leaks.h"

struct node {
    struct node *left, *right;
};

static struct node *tree(int depth)
{
    if (depth == 0)
        return NULL;
    struct node *n = (struct node *)malloc(sizeof *n);
    n->left = tree(depth - 1);
    n->right = tree(depth - 1);
    return n;
}

// expect: definite 16/1, indirect 480/30
CASE(dropped)
{
    use(tree(5));
}

// expect: reachable 496/31
CASE(kept)
{
    held = tree(5);
}

// expect: definite 16/1, indirect 96/6, reachable 384/24
CASE(branch_cut_off)
{
    struct node *root = tree(5);
    held = root;
    root->left->right = NULL;
}

// expect: definite 32/2, indirect 448/28
CASE(root_freed)
{
    struct node *root = tree(5);
    free(root);
}

// expect: reachable 240/15, definite 16/1, indirect 240/15
CASE(half_kept)
{
    struct node *root = tree(5);
    held = root->left;
    use(root);
}
