/* Registers hold: those of the thread that exits, those of threads that run. */
#include "leaks.h"
#include "threads.h"

__attribute__((used)) void *fresh(void)
{
    return block(24, NULL);
}

__attribute__((used)) void leave(void)
{
    scrub();
    exit(0);
}

// A register that calls preserve: exit itself saves it.
// expect: reachable 24/1
// stacks: no unwind information knows what the assembler code does to the stack pointer
CASE(preserved_at_exit)
{
    __asm__ volatile("and $-16, %%rsp\n\t"
                     "call fresh\n\t"
                     "mov %%rax, %%r12\n\t"
                     "xor %%eax, %%eax\n\t"
                     "call leave"
                     : : : "memory");
}

__attribute__((used)) void is_here(void)
{
    scrub();
    here();
}

/* A thread that has a block's address in the register `into` alone, and never in its frame. */
#define SPIN(name, into) \
    __asm__(".type " #name ", @function\n" \
            #name ":\n\t" \
            ".cfi_startproc\n\t" \
            "sub $8, %rsp\n\t" \
            ".cfi_def_cfa_offset 16\n\t" \
            "call fresh\n\t" \
            "mov %rax, %rbx\n\t" \
            "call is_here\n\t" \
            into "\n\t" \
            "xor %ebx, %ebx\n" \
            "1:\tpause\n\t" \
            "jmp 1b\n\t" \
            ".cfi_endproc\n\t" \
            ".size " #name ", . - " #name); \
    void *name(void *unused);

SPIN(spin_in_r13, "mov %rbx, %r13")
SPIN(spin_in_rdx, "mov %rbx, %rdx")
SPIN(spin_in_xmm3, "movq %rbx, %xmm3")

static void let_spin(void *(*spin)(void *))
{
    thread(spin, NULL);
    usleep(50000);
}

// expect: reachable 24/1
CASE(of_running_r13)
{
    let_spin(spin_in_r13);
}

// expect: reachable 24/1
CASE(of_running_rdx)
{
    let_spin(spin_in_rdx);
}

// expect: reachable 24/1
// ours: --use-registers=no
// differs: definite 24/1: registers are no roots
CASE(of_running_off)
{
    let_spin(spin_in_r13);
}

// expect: definite 24/1
// differs: reachable 24/1: vector registers are roots, which valgrind does not look at
CASE(of_running_vector)
{
    let_spin(spin_in_xmm3);
}
