/* All four classes in one process, each with its own sum and stack. */
#include "leaks.h"

// expect: definite 16/1, indirect 40/1, possible 100/1, reachable 24/1
CASE(one_each)
{
    block(16, block(40, NULL));
    held = (char *)block(100, NULL) + 8;
    held_too = block(24, NULL);
}

static void *one_stack(size_t size)
{
    return block(size, NULL);
}

// One loop, one stack: a loss record for each class all the same.
// expect: definite 64/2, possible 32/1, reachable 32/1
CASE(one_stack_four_classes)
{
    for (int i = 0; i < 4; i++) {
        void *p = one_stack(32);
        if (i == 0)
            held = p;
        if (i == 1)
            held_too = (char *)p + 8;
    }
}
