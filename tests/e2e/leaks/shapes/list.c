/* Lists: one lost block leads to all that follow. */
#include "leaks.h"

struct item {
    struct item *next, *previous;
};

static struct item *list(int n)
{
    struct item *head = NULL;
    while (n-- > 0)
        head = (struct item *)block(sizeof *head, head);
    return head;
}

// expect: definite 16/1, indirect 144/9
CASE(head_dropped)
{
    list(10);
}

// expect: reachable 160/10
CASE(kept)
{
    held = list(10);
}

// expect: definite 16/1, indirect 80/5, reachable 64/4
CASE(tail_cut_off)
{
    struct item *head = list(10);
    held = head;
    for (int i = 0; i < 3; i++)
        head = head->next;
    head->next = NULL;
}

// Only the tail is held, and no item leads back.
// expect: definite 16/1, indirect 128/8, reachable 16/1
CASE(only_tail_kept)
{
    struct item *tail = list(10);
    while (tail->next)
        tail = tail->next;
    held = tail;
}

static struct item *both_ways(int n)
{
    struct item *head = list(n);
    for (struct item *i = head; i->next; i = i->next)
        i->next->previous = i;
    return head;
}

// expect: definite 16/1, indirect 144/9
CASE(both_ways_dropped)
{
    both_ways(10);
}

// expect: reachable 160/10
CASE(both_ways_by_tail)
{
    struct item *tail = both_ways(10);
    while (tail->next)
        tail = tail->next;
    held = tail;
}

// expect: possible 160/10
CASE(by_inside_of_head)
{
    held = (char *)list(10) + 8;
}
