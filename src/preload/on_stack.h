/* Another stack for a while. */
#ifndef LC_PRELOAD_ON_STACK_H
#define LC_PRELOAD_ON_STACK_H

/* Calls `function` on the stack that ends at `top`, a multiple of 16. */
void lc_on_stack(void (*function)(void *), void *argument, void *top);

/* Returns from lc_on_stack, which was called with this `top`, from wherever its function stands. */
void lc_on_stack_leave(void *top) __attribute__((noreturn));

#endif
