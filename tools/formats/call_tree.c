#include "formats/call_tree.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

static struct lc_call_node *node_of(const char *text)
{
    struct lc_call_node *n = lc_mem_alloc(1, sizeof *n + strlen(text) + 1);
    strcpy(n->text, text);
    return n;
}

struct lc_call_node *lc_call_tree_new(void)
{
    return node_of("");
}

static struct lc_call_node *child_for(struct lc_call_node *n, const struct lc_call *call)
{
    char text[LC_STACK_PLACE_SIZE];
    struct lc_call_node *child;
    lc_stack_place(text, call);
    HASH_FIND_STR(n->children, text, child);
    if (!child) {
        child = node_of(text);
        HASH_ADD_STR(n->children, text, child);
    }
    return child;
}

void lc_call_tree_add(struct lc_call_node *root, const struct lc_stack *stack, uint64_t bytes)
{
    struct lc_call_node *n = root;
    n->bytes += bytes;
    for (size_t i = stack->count && stack->at[0].is_door; i < stack->count; i++) {
        n = child_for(n, &stack->at[i]);
        n->bytes += bytes;
    }
}

static int by_bytes(const struct lc_call_node *a, const struct lc_call_node *b)
{
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return strcmp(a->text, b->text);
}

void lc_call_tree_sort(struct lc_call_node *root)
{
    HASH_SORT(root->children, by_bytes);
    for (struct lc_call_node *n = root->children; n; n = n->hh.next)
        lc_call_tree_sort(n);
}

void lc_call_tree_free(struct lc_call_node *root)
{
    struct lc_call_node *n, *next;
    HASH_ITER (hh, root->children, n, next) {
        HASH_DEL(root->children, n);
        lc_call_tree_free(n);
    }
    free(root);
}
