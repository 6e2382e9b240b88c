/* How many frames of two stacks must be the same for one loss record: 2, 4, or all. */
#include "leaks.h"

__attribute__((noinline)) static void *outer(size_t size)
{
    void *p = block(size, NULL);
    use(p);
    return p;
}

__attribute__((noinline)) static void *outermost(size_t size)
{
    void *p = outer(size);
    use(p);
    return p;
}

/* Two stacks that differ in their fourth frame, two that differ in their fifth. */
static void four_stacks(void)
{
    use(outer(10));
    use(outer(20));
    use(outermost(40));
    use(outermost(80));
}

// expect: definite 150/4
CASE(by_default)
{
    four_stacks();
}

// expect: definite 150/4
// options: --leak-resolution=high
CASE(high)
{
    four_stacks();
}

// expect: definite 150/4
// options: --leak-resolution=med
// stacks: which of those that are one record is shown is a matter of taste
CASE(med)
{
    four_stacks();
}

// expect: definite 150/4
// options: --leak-resolution=low
// stacks: which of those that are one record is shown is a matter of taste
CASE(low)
{
    four_stacks();
}
