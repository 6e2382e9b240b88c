#include "scan/interrupted.h"
#include "scan/vectors.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VALUE 0x123456789abcdef0u

/* Where in the parts that the last signal's context gives VALUE stands, and where in the whole area. */
static unsigned in_parts, in_area;

static unsigned count(struct lc_range r)
{
    unsigned n = 0;
    for (uintptr_t at = r.start; at + sizeof(uint64_t) <= r.end; at += sizeof(uint64_t))
        n += *(const uint64_t *)at == VALUE;
    return n;
}

static void look(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    struct lc_range parts[LC_VECTORS_PARTS];
    const struct lc_range saved = lc_vectors_of(context);
    const unsigned n = lc_vectors_find(saved, parts);
    in_area = count(saved);
    in_parts = 0;
    for (unsigned i = 0; i < n; i++)
        in_parts += count(parts[i]);
}

/* The signal's frame is made in memory that is full of VALUE. */
static void interrupt_on_a_dirty_stack(void)
{
    static uint64_t stack[16384];
    for (size_t i = 0; i < LC_ARRAY_LEN(stack); i++)
        stack[i] = VALUE;
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    const struct sigaction action = {.sa_sigaction = look, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaltstack(&alternate, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

Test(scan_vectors, what_stood_on_the_stack_before_is_in_no_register)
{
    interrupt_on_a_dirty_stack();
    raise(SIGUSR1);
    cr_assert(gt(u32, in_area, 0), "no word of the frame was left as it was: this shows nothing");
    cr_assert(eq(u32, in_parts, 0));
}

/* Nothing of the compiler's stands between `load` and the signal. */
#define INTERRUPT_WITH(load, value)                                                                      \
    do {                                                                                                 \
        long call = SYS_kill;                                                                            \
        __asm__ volatile(load "\n\tsyscall"                                                              \
                         : "+a"(call)                                                                    \
                         : "m"(value), "D"((long)getpid()), "S"((long)SIGUSR1)                           \
                         : "rcx", "r11", "xmm9", "memory");                                              \
    } while (0)

Test(scan_vectors, a_register_is_found)
{
    const uint64_t value = VALUE;
    interrupt_on_a_dirty_stack();
    INTERRUPT_WITH("movq %1, %%xmm9", value);
    cr_assert(eq(u32, in_parts, 1));
}

__attribute__((target("avx"))) static void interrupt_with_an_upper_half(void)
{
    const uint64_t words[4] __attribute__((aligned(32))) = {0, 0, VALUE, 0};
    INTERRUPT_WITH("vmovdqa %1, %%ymm9", words);
}

Test(scan_vectors, the_upper_half_of_one_is_found)
{
    if (!__builtin_cpu_supports("avx"))
        cr_skip_test("this processor has no AVX");
    interrupt_on_a_dirty_stack();
    interrupt_with_an_upper_half();
    cr_assert(eq(u32, in_parts, 1));
}

Test(scan_vectors, an_empty_area_has_none)
{
    struct lc_range parts[LC_VECTORS_PARTS];
    cr_assert(eq(u32, lc_vectors_find((struct lc_range){0}, parts), 0));
}
