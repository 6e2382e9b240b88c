/* Stacks where it is hard: interrupted at every instruction, through code that nothing describes, at the end of
 * what can be read. By libunwind, or by a truth that is known. */
#include "unwind/verify.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static struct lc_unwinder *unwinder;
static struct lc_verified v;

static void *pages(size_t size, int prot)
{
    void *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(p != MAP_FAILED);
    return p;
}

static void set_up(void)
{
    cr_assert(eq(int, lc_reference_init(), 0));
    unwinder = pages(lc_unwinder_size(), PROT_READ | PROT_WRITE);
}

TestSuite(hard, .init = set_up, .timeout = 100);

/* Stands for a door of the library. */
static LC_NOINLINE void capture(unsigned limit)
{
    const struct lc_context from = LC_CALLER();
    const char *difference = lc_unwind_verify(unwinder, &from, limit, &v);
    if (difference)
        cr_fatal("%s is not the same (%u and %u frames)", difference, v.ours.depth, v.reference.depth);
}

static bool is_exact(unsigned i)
{
    return v.ours.exact[i / 64] >> i % 64 & 1;
}

/* Single steps: a trap after each instruction. */

static unsigned steps, bad_steps;
static unsigned long where_bad;
static size_t whole_depth; /* of who steps */

static void on_step(int number, siginfo_t *info, void *context)
{
    const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;
    (void)number, (void)info;
    capture(LC_FRAMES_MAX);
    unsigned i = 0;
    while (i < v.ours.depth && !is_exact(i))
        i++;
    const bool is_right = !v.ours.truncated && i < v.ours.depth && v.ours.depth - i >= whole_depth &&
                          v.ours.frames[i] == (uintptr_t)registers[REG_RIP];
    steps++;
    if (!is_right && bad_steps++ == 0)
        where_bad = (unsigned long)registers[REG_RIP];
}

/* The trap flag, on or off. Described, because it is stepped through, too. */
void set_steps(bool on);
__asm__(".text\n.type set_steps, @function\nset_steps:\n"
        ".cfi_startproc\n"
        "shl $8, %edi\n"
        "pushfq\n.cfi_adjust_cfa_offset 8\n"
        "andq $~0x100, (%rsp)\n"
        "orq %rdi, (%rsp)\n"
        "popfq\n.cfi_adjust_cfa_offset -8\n"
        "ret\n"
        ".cfi_endproc\n.size set_steps, . - set_steps\n");

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Prologues and epilogues, calls through the PLT (of which the first goes through the loader), callbacks, and
 * malloc itself; qsort saves everything, and the loader realigns its frames for vector registers. */
static LC_NOINLINE void do_things(void)
{
    int numbers[20];
    char text[64] __attribute__((aligned(64)));
    for (unsigned i = 0; i < LC_ARRAY_LEN(numbers); i++)
        numbers[i] = (int)(i * 7 % 11);
    qsort(numbers, LC_ARRAY_LEN(numbers), sizeof numbers[0], compare);
    char *volatile p = malloc(100);
    p = realloc(p, 200000);
    free(p);
    strcpy(text, l64a(1234567)); /* not bound yet (and nothing that reads the clock, which changes meanwhile) */
    __asm__ volatile("" : : "r"(text) : "memory");
}

static void step_through(void (*function)(void), int flags)
{
    const struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO | flags};
    cr_assert(eq(int, sigaction(SIGTRAP, &action, NULL), 0));
    capture(LC_FRAMES_MAX);
    whole_depth = v.ours.depth;
    set_steps(true);
    function();
    set_steps(false);
    if (bad_steps)
        cr_fatal("%u of %u steps, the first at %#lx", bad_steps, steps, where_bad);
}

Test(hard, interrupted_at_each_instruction)
{
    step_through(do_things, 0);
    cr_assert(gt(uint, steps, 2000));
}

Test(hard, interrupted_at_each_instruction_with_a_handler_on_its_own_stack)
{
    const size_t size = 256 << 10; /* libunwind needs it */
    const stack_t stack = {.ss_sp = pages(size, PROT_READ | PROT_WRITE), .ss_size = size};
    cr_assert(eq(int, sigaltstack(&stack, NULL), 0));
    step_through(do_things, SA_ONSTACK);
    cr_assert(gt(uint, steps, 2000));
}

static ucontext_t main_context, other_context;

static void hop_back(void)
{
    swapcontext(&other_context, &main_context);
}

static LC_NOINLINE void hop(void)
{
    swapcontext(&main_context, &other_context);
}

/* In the middle of swapcontext half of the registers are those of another stack: no description can say so.
 * Wherever that is, nothing faults, and a frame is never missing without a word. */
static void on_step_of_swap(int number)
{
    const struct lc_context from = LC_CALLER();
    (void)number;
    lc_stack_capture(unwinder, &from, LC_FRAMES_MAX, &v.ours);
    steps++;
    bad_steps += v.ours.depth < 2;
}

Test(hard, interrupted_while_stacks_are_swapped)
{
    const struct sigaction action = {.sa_handler = on_step_of_swap};
    cr_assert(eq(int, sigaction(SIGTRAP, &action, NULL), 0));
    getcontext(&other_context);
    other_context.uc_stack = (stack_t){.ss_sp = pages(64 << 10, PROT_READ | PROT_WRITE), .ss_size = 64 << 10};
    other_context.uc_link = &main_context;
    makecontext(&other_context, hop_back, 0);
    set_steps(true);
    hop();
    set_steps(false);
    cr_assert(gt(uint, steps, 50));
    cr_assert(eq(uint, bad_steps, 0));
    capture(LC_FRAMES_MAX);
    cr_assert(not(v.ours.truncated));
}

/* Code that nothing describes: hand-written, and in no module. */

static const unsigned char without_fp[] = {
    0x48, 0x83, 0xec, 0x18, /* sub $24, %rsp */
    0xff, 0xd6,             /* call *%rsi */
    0x48, 0x83, 0xc4, 0x18, /* add $24, %rsp */
    0xc3,                   /* ret */
};
static const unsigned char with_fp[] = {
    0x55,                   /* push %rbp */
    0x48, 0x89, 0xe5,       /* mov %rsp, %rbp */
    0x48, 0x83, 0xec, 0x20, /* sub $32, %rsp */
    0xff, 0xd6,             /* call *%rsi */
    0xc9,                   /* leave */
    0xc3,                   /* ret */
};
static const unsigned char with_garbage_in_fp[] = {
    0x55,                         /* push %rbp */
    0x48, 0xc7, 0xc5, 1, 2, 3, 4, /* mov $0x04030201, %rbp */
    0xff, 0xd6,                   /* call *%rsi */
    0x5d,                         /* pop %rbp */
    0xc3,                         /* ret */
};
static const unsigned char with_data_in_fp[] = {
    0x55,                         /* push %rbp */
    0x48, 0x8d, 0x6c, 0x24, 0xc0, /* lea -64(%rsp), %rbp: below the frame */
    0xff, 0xd6,                   /* call *%rsi */
    0x5d,                         /* pop %rbp */
    0xc3,                         /* ret */
};

typedef void generated(unsigned argument, void (*callee)(unsigned));

static generated *generate(const unsigned char *code, size_t len)
{
    generated *function;
    void *page = pages(4096, PROT_READ | PROT_WRITE);
    memcpy(page, code, len);
    cr_assert(eq(int, mprotect(page, 4096, PROT_READ | PROT_EXEC), 0));
    memcpy(&function, &page, sizeof function);
    return function;
}

static LC_NOINLINE void capture_at_the_limit(unsigned unused)
{
    (void)unused;
    capture(LC_FRAMES_MAX);
    __asm__ volatile("");
}

/* The depth of the caller of this, and of the stack through generated code. */
static LC_NOINLINE unsigned depth_here(void)
{
    capture(LC_FRAMES_MAX);
    __asm__ volatile("");
    return v.ours.depth - 1;
}

static LC_NOINLINE unsigned depth_through(const unsigned char *code, size_t len)
{
    generate(code, len)(0, capture_at_the_limit);
    return v.ours.depth;
}

Test(hard, generated_code_without_a_frame_pointer_ends_the_stack)
{
    const unsigned depth = depth_through(without_fp, sizeof without_fp);
    cr_assert(v.ours.truncated);
    cr_assert(eq(uint, depth, 2)); /* who captures, and the generated code */
}

/* Its caller stands in the frame record, and that caller's own rbp too. */
Test(hard, generated_code_with_a_frame_pointer_is_passed)
{
    const unsigned here = depth_here();
    const unsigned depth = depth_through(with_fp, sizeof with_fp);
    cr_assert(not(v.ours.truncated));
    cr_assert(eq(uint, depth, here + 3)); /* those two, depth_through, and we */
}

Test(hard, a_register_that_is_no_frame_pointer_is_not_followed)
{
    depth_through(with_garbage_in_fp, sizeof with_garbage_in_fp);
    cr_assert(v.ours.truncated);
    cr_assert(eq(uint, v.ours.depth, 2));
    depth_through(with_data_in_fp, sizeof with_data_in_fp);
    cr_assert(v.ours.truncated);
    cr_assert(eq(uint, v.ours.depth, 2));
}

/* Described code may use rbp as it likes. */
void call_with_garbage(void (*callee)(unsigned));
__asm__(".text\n.type call_with_garbage, @function\ncall_with_garbage:\n"
        ".cfi_startproc\n"
        "push %rbp\n.cfi_def_cfa_offset 16\n.cfi_offset rbp, -16\n"
        "mov $0x1234567, %rbp\n"
        "call *%rdi\n"
        "pop %rbp\n.cfi_def_cfa_offset 8\n.cfi_restore rbp\nret\n"
        ".cfi_endproc\n.size call_with_garbage, . - call_with_garbage\n");

Test(hard, garbage_in_rbp_of_code_that_says_so_is_no_matter)
{
    const unsigned here = depth_here();
    for (unsigned i = 0; i < 3; i++)
        call_with_garbage(capture_at_the_limit);
    cr_assert(not(v.ours.truncated));
    cr_assert(eq(uint, v.ours.depth, here + 2));
}

/* Depth. */

static LC_NOINLINE unsigned recurse(unsigned depth)
{
    if (!depth)
        capture(LC_FRAMES_MAX);
    const unsigned result = depth ? recurse(depth - 1) + 1 : 0;
    __asm__ volatile("");
    return result;
}

static void *recurse_deeply(void *unused)
{
    (void)unused;
    const unsigned depths[] = {10, 100000, 99990, 10, 10000, 100000};
    for (unsigned i = 0; i < LC_ARRAY_LEN(depths); i++) {
        recurse(depths[i]);
        const bool is_deep = depths[i] > LC_FRAMES_MAX;
        cr_assert(v.ours.truncated == is_deep);
        cr_assert(is_deep ? v.ours.depth >= LC_FRAMES_KEPT : v.ours.depth > depths[i]);
    }
    return NULL;
}

Test(hard, of_a_hundred_thousand_frames_the_innermost_are_kept)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 20);
    cr_assert(eq(int, pthread_create(&thread, &attributes, recurse_deeply, NULL), 0));
    pthread_join(thread, NULL);
}

/* The end of what can be read. */

static struct lc_context caller;

static LC_NOINLINE void note_caller(void)
{
    caller = LC_CALLER();
    __asm__ volatile("");
}

static LC_NOINLINE void stand_here(void)
{
    char pad[48];
    memset(pad, 1, sizeof pad);
    note_caller();
    __asm__ volatile("" : : "r"(pad) : "memory");
}

/* A copy of the innermost words of a true stack, at the end of a mapping: where its frames go on is beyond it. */
Test(hard, a_stack_at_the_very_end_of_its_mapping)
{
    char *memory = pages(2 * LC_PAGE_SIZE, PROT_READ | PROT_WRITE);
    cr_assert(eq(int, mprotect(memory + LC_PAGE_SIZE, LC_PAGE_SIZE, PROT_NONE), 0));
    stand_here();
    v.ours.depth = 0;
    for (size_t words = 0; v.ours.depth < 2 && words <= 200; words++) { /* until the next frame is there, too */
        char *sp = memory + LC_PAGE_SIZE - words * sizeof(uintptr_t);
        memcpy(sp, (void *)caller.sp, words * sizeof(uintptr_t));
        const struct lc_context from = {caller.pc, (uintptr_t)sp, 0};
        const char *difference = lc_unwind_verify(unwinder, &from, LC_FRAMES_MAX, &v);
        if (difference)
            cr_fatal("%zu words: %s is not the same", words, difference);
        cr_assert(v.ours.truncated);
        cr_assert(eq(uptr, v.ours.frames[0], caller.pc));
    }
    cr_assert(ge(uint, v.ours.depth, 2));
}

/* A vfork child stands on its parent's stack, and leaves it another one. */

static LC_NOINLINE void capture_in_vfork_child(void)
{
    const pid_t child = vfork();
    if (child == 0) {
        recurse(5);
        _exit(!v.ours.truncated ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    cr_assert(eq(int, status, 0));
}

Test(hard, a_vfork_child_captures_in_its_parent_s_memory)
{
    for (unsigned i = 0; i < 5; i++) {
        recurse(i * 3);
        capture_in_vfork_child();
        recurse(i);
        cr_assert(not(v.ours.truncated));
    }
}
