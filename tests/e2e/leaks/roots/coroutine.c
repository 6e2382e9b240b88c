/* Stacks that the program makes for itself, and what is saved of the machine when it leaves them. */
#include "leaks.h"

#include <setjmp.h>
#include <ucontext.h>

static ucontext_t main_context, other_context;

static void other(void)
{
    void *volatile mine = block(24, NULL);
    swapcontext(&other_context, &main_context);
    use(mine);
}

static void enter(void *stack)
{
    getcontext(&other_context);
    other_context.uc_stack.ss_sp = stack;
    other_context.uc_stack.ss_size = 65536;
    other_context.uc_link = &main_context;
    makecontext(&other_context, other, 0);
    swapcontext(&main_context, &other_context);
}

// expect: reachable 65560/2
// stacks: valgrind goes on behind the first frame of the coroutine
CASE(suspended)
{
    held = block(65536, NULL);
    enter(held);
}

// Only the context still knows the stack.
// stacks: valgrind goes on behind the first frame of the coroutine
CASE(stack_known_to_context)
{
    enter(block(65536, NULL));
}

// expect: definite 24/1
// stacks: valgrind goes on behind the first frame of the coroutine
CASE(stack_freed)
{
    void *stack = block(65536, NULL);
    enter(stack);
    free(stack);
    memset(&other_context, 0, sizeof other_context);
}
