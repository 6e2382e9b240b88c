/* Stacks as a tree of calls, from who called the allocation function outwards, each with the bytes of all stacks that go through it. */
#ifndef LC_TOOLS_FORMATS_CALL_TREE_H
#define LC_TOOLS_FORMATS_CALL_TREE_H

#include "formats/stack.h"

#include <uthash.h>

struct lc_call_node {
    uint64_t bytes;
    struct lc_call_node *children; /* by what is shown of their calls */
    UT_hash_handle hh;
    char text[]; /* lc_stack_place */
};

/* The root, of everything; in memory of malloc. */
struct lc_call_node *lc_call_tree_new(void);
void lc_call_tree_add(struct lc_call_node *root, const struct lc_stack *stack, uint64_t bytes);
/* The largest first, all the way down. */
void lc_call_tree_sort(struct lc_call_node *root);
void lc_call_tree_free(struct lc_call_node *root);

#endif
