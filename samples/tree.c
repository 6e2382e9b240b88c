/* A tree that is dropped by its root: one loss record for each way that led to a node. */
#include <stdio.h>
#include <stdlib.h>

struct node {
    struct node *left, *right;
    int value;
};

static struct node *grow(int depth)
{
    struct node *n = calloc(1, sizeof *n);
    n->value = depth;
    if (depth > 1) {
        n->left = grow(depth - 1);
        n->right = grow(depth - 1);
    }
    return n;
}

static int sum(const struct node *n)
{
    return n ? n->value + sum(n->left) + sum(n->right) : 0;
}

static void fell(struct node *n)
{
    if (!n)
        return;
    fell(n->left);
    fell(n->right);
    free(n);
}

int main(void)
{
    struct node *root = grow(2);
    printf("%d\n", sum(root));
#ifdef CONTROL
    fell(root);
#else
    fell(NULL);
#endif
    return 0;
}
