#include "record/mappings.h"

#include "base/arena.h"

#include <bsd/sys/tree.h>

struct node {
    RB_ENTRY(node) links;
    struct lc_mapping mapping;
};

static int compare(const struct node *a, const struct node *b)
{
    uintptr_t x = a->mapping.range.start, y = b->mapping.range.start;
    return (x > y) - (x < y);
}

RB_HEAD(tree, node);
RB_GENERATE_INTERNAL(tree, node, links, compare, static __attribute__((unused)))

struct lc_lock lc_mappings_lock;

static struct {
    struct tree tree;
} mappings;

/* The first mapping that ends after `address`. */
static struct node *first_after(uintptr_t address)
{
    struct node *found = NULL;
    for (struct node *n = RB_ROOT(&mappings.tree); n;) {
        if (n->mapping.range.end > address) {
            found = n;
            n = RB_LEFT(n, links);
        } else {
            n = RB_RIGHT(n, links);
        }
    }
    return found;
}

static bool insert(struct lc_mapping m)
{
    struct node *n = lc_pool_alloc(sizeof *n);
    if (!n)
        return false;
    n->mapping = m;
    RB_INSERT(tree, &mappings.tree, n);
    return true;
}

static void drop(struct node *n)
{
    RB_REMOVE(tree, &mappings.tree, n);
    lc_pool_free(n, sizeof *n);
}

/* Cuts `hole` out of `n`, which overlaps it: nothing, one or two parts remain. */
static bool cut(struct node *n, struct lc_range hole)
{
    struct lc_mapping after = n->mapping;
    after.range.start = hole.end;
    if (n->mapping.range.start < hole.start)
        n->mapping.range.end = hole.start; /* the order in the tree stays */
    else
        drop(n);
    return lc_range_is_empty(after.range) || insert(after);
}

static bool remove_range(struct lc_range hole)
{
    bool ok = true;
    struct node *n;
    while ((n = first_after(hole.start)) && n->mapping.range.start < hole.end)
        ok &= cut(n, hole);
    return ok;
}

bool lc_mappings_add(struct lc_mapping m)
{
    if (lc_range_is_empty(m.range))
        return true;
    uint64_t signals;
    lc_lock_acquire(&lc_mappings_lock, &signals);
    bool ok = remove_range(m.range) & insert(m);
    lc_lock_release(&lc_mappings_lock, &signals);
    return ok;
}

bool lc_mappings_remove(struct lc_range range)
{
    uint64_t signals;
    lc_lock_acquire(&lc_mappings_lock, &signals);
    bool ok = remove_range(range);
    lc_lock_release(&lc_mappings_lock, &signals);
    return ok;
}

bool lc_mappings_find(struct lc_range range, struct lc_mapping *out)
{
    uint64_t signals;
    lc_lock_acquire(&lc_mappings_lock, &signals);
    const struct node *n = first_after(range.start);
    bool is_found = n && n->mapping.range.start < range.end;
    if (is_found)
        *out = n->mapping;
    lc_lock_release(&lc_mappings_lock, &signals);
    return is_found;
}

void lc_mappings_each(void (*visit)(void *context, const struct lc_mapping *m), void *context)
{
    uint64_t signals;
    lc_lock_acquire(&lc_mappings_lock, &signals);
    struct node *n;
    RB_FOREACH (n, tree, &mappings.tree)
        visit(context, &n->mapping);
    lc_lock_release(&lc_mappings_lock, &signals);
}

bool lc_mappings_is_valid(void)
{
    uintptr_t end = 0;
    struct node *n;
    RB_FOREACH (n, tree, &mappings.tree) {
        if (lc_range_is_empty(n->mapping.range) || n->mapping.range.start < end)
            return false;
        end = n->mapping.range.end;
    }
    return true;
}
