/* Stacks of every kind that a program can have, captured by the unwinder and by libunwind. */
#include "unwind/reference.h"
#include "unwind/unwinder.h"
#include "unwind/verify.h"

#include <alloca.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

static struct lc_unwinder *unwinder;
static struct lc_verified v;
static unsigned captures;

static void *pages(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(p != MAP_FAILED);
    return p;
}

static void set_up(void)
{
    cr_assert(eq(int, lc_reference_init(), 0));
    unwinder = pages(lc_unwinder_size());
}

TestSuite(unwind, .init = set_up);

/* Stands for a door of the library. */
static LC_NOINLINE void capture(unsigned limit)
{
    const struct lc_context from = LC_CALLER();
    const char *difference = lc_unwind_verify(unwinder, &from, limit, &v);
    captures++;
    if (difference)
        cr_fatal("capture %u: %s is not the same (%u and %u frames)", captures, difference, v.ours.depth,
                 v.reference.depth);
}

/* Whether the stack ends where programs and threads begin. */
static bool is_whole(void)
{
    return !v.ours.truncated && v.ours.depth > 3;
}

static LC_NOINLINE int recurse(unsigned depth, unsigned limit, unsigned stop_every)
{
    char pad[32];
    memset(pad, (int)depth, sizeof pad);
    if (depth % stop_every == 0)
        capture(limit);
    const int below = depth ? recurse(depth - 1, limit, stop_every) : 0;
    if (depth % stop_every == 1)
        capture(limit);
    __asm__ volatile("" : : "r"(pad) : "memory");
    return below + pad[1];
}

Test(unwind, a_stack_reaches_the_start_of_the_program)
{
    capture(LC_FRAMES_MAX);
    cr_assert(is_whole());
}

Test(unwind, stacks_that_grow_and_shrink)
{
    for (unsigned depth = 0; depth < 200; depth += 7)
        recurse(depth, LC_FRAMES_MAX, 1);
    for (unsigned depth = 200; depth > 0; depth--)
        recurse(depth, 64, depth);
}

Test(unwind, ten_thousand_frames_deep_the_innermost_are_kept)
{
    recurse(10000, 64, 500);
    recurse(10000, LC_FRAMES_MAX, 500);
    capture(LC_FRAMES_MAX);
    cr_assert(is_whole());
}

Test(unwind, the_limit_cuts_and_says_so)
{
    capture(LC_FRAMES_MAX);
    const unsigned whole = v.ours.depth;
    for (unsigned limit = 1; limit < whole; limit++) {
        capture(limit);
        cr_assert(eq(uint, v.ours.depth, limit));
        cr_assert(v.ours.truncated);
    }
    capture(whole);
    cr_assert(eq(uint, v.ours.depth, whole));
    cr_assert(not(v.ours.truncated));
    capture(LC_FRAMES_MAX);
    cr_assert(eq(uint, v.ours.depth, whole));
}

static LC_NOINLINE void call_from_one_of_two_places(unsigned place)
{
    if (place)
        recurse(3, LC_FRAMES_MAX, 1);
    else
        recurse(3, LC_FRAMES_MAX, 1);
    __asm__ volatile("");
}

Test(unwind, a_frame_in_the_middle_returns_elsewhere)
{
    for (unsigned i = 0; i < 20; i++)
        call_from_one_of_two_places(i % 3 == 0);
}

static void handle(int number)
{
    (void)number;
    recurse(2, LC_FRAMES_MAX, 1);
}

static void handle_in_handler(int number)
{
    capture(LC_FRAMES_MAX);
    raise(number == SIGUSR1 ? SIGUSR2 : SIGWINCH);
    capture(LC_FRAMES_MAX);
}

static void handle_by(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    cr_assert(eq(int, sigaction(number, &action, NULL), 0));
}

static unsigned count_exact(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < v.ours.depth; i++)
        count += v.ours.exact[i / 64] >> i % 64 & 1;
    return count;
}

Test(unwind, through_signal_handlers_and_the_interrupted_frame_is_exact)
{
    handle_by(SIGUSR1, handle_in_handler, 0);
    handle_by(SIGUSR2, handle, 0);
    for (unsigned i = 0; i < 5; i++)
        raise(SIGUSR1);
    handle_by(SIGUSR2, handle_in_handler, 0);
    handle_by(SIGWINCH, handle, 0);
    raise(SIGUSR2);
    cr_assert(is_whole());
    cr_assert(eq(uint, count_exact(), 1));
}

Test(unwind, a_small_signal_stack)
{
    const stack_t small = {.ss_sp = pages(SIGSTKSZ * 4), .ss_size = (size_t)SIGSTKSZ * 4};
    cr_assert(eq(int, sigaltstack(&small, NULL), 0));
    handle_by(SIGUSR1, handle, SA_ONSTACK);
    for (unsigned i = 0; i < 5; i++) {
        raise(SIGUSR1);
        cr_assert(is_whole());
        recurse(i, LC_FRAMES_MAX, 1);
    }
}

static sigjmp_buf back;

static void handle_and_leave(int number)
{
    handle(number);
    siglongjmp(back, 1);
}

Test(unwind, a_call_of_no_code_ends_the_stack_or_is_guessed_through)
{
    void (*volatile nowhere)(void) = (void (*)(void))16;
    handle_by(SIGSEGV, handle_and_leave, SA_NODEFER);
    if (!sigsetjmp(back, 1))
        nowhere();
    cr_assert(eq(uint, captures, 3));
    capture(LC_FRAMES_MAX);
    cr_assert(is_whole());
}

static LC_NOINLINE void jump_out(unsigned depth)
{
    capture(LC_FRAMES_MAX);
    if (!depth)
        siglongjmp(back, 1);
    jump_out(depth - 1);
    __asm__ volatile("");
}

Test(unwind, frames_that_were_jumped_over)
{
    for (volatile unsigned i = 0; i < 20; i++) {
        if (!sigsetjmp(back, 0))
            jump_out(i);
        capture(LC_FRAMES_MAX);
    }
}

static unsigned left_in_capture;

static void leave(int number)
{
    (void)number;
    left_in_capture += unwinder->generation == 0;
    siglongjmp(back, 1);
}

/* Grows and shrinks for ever, capturing by the unwinder only. */
static LC_NOINLINE void churn(unsigned depth)
{
    const struct lc_context from = LC_CALLER();
    do {
        lc_stack_capture(unwinder, &from, LC_FRAMES_MAX, &v.ours);
        if (depth < 30)
            churn(depth + 1);
        lc_stack_capture(unwinder, &from, LC_FRAMES_MAX, &v.ours);
    } while (!depth);
}

Test(unwind, captures_that_a_handler_jumped_out_of)
{
    const struct itimerval timer = {{0, 300}, {0, 300}};
    handle_by(SIGALRM, leave, 0);
    for (volatile unsigned i = 0; i < 300; i++) {
        if (!sigsetjmp(back, 1)) {
            setitimer(ITIMER_REAL, &timer, NULL);
            churn(0);
        }
        setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
        recurse(i % 30, LC_FRAMES_MAX, 3);
    }
    cr_assert(gt(uint, left_in_capture, 10));
}

Test(unwind, what_such_a_capture_left_behind_is_not_believed)
{
    recurse(5, LC_FRAMES_MAX, 1);
    memset(unwinder->trace.frame, 0xff,
           sizeof unwinder->trace.frame / 2 + 8 * sizeof unwinder->trace.frame[0]);
    unwinder->trace.head = 0;
    for (unsigned i = 0; i < LC_ARRAY_LEN(unwinder->rules.entry); i++)
        unwinder->rules.entry[i].rule.cfa_at += 8;
    unwinder->generation = 0;
    recurse(5, LC_FRAMES_MAX, 1);
    cr_assert(is_whole());
}

static ucontext_t program, coroutine[2];

static void run_coroutine(int self)
{
    for (unsigned i = 0; i < 20; i++) {
        recurse(i % 5, LC_FRAMES_MAX, 1);
        cr_assert(not(v.ours.truncated));
        swapcontext(&coroutine[self], &coroutine[1 - self]);
    }
}

static void make_coroutine(int self, size_t stack)
{
    getcontext(&coroutine[self]);
    coroutine[self].uc_stack = (stack_t){.ss_sp = pages(stack), .ss_size = stack};
    coroutine[self].uc_link = &program;
    makecontext(&coroutine[self], (void (*)(void))run_coroutine, 1, self);
}

Test(unwind, coroutines_and_the_reuse_of_their_stacks)
{
    for (unsigned round = 0; round < 3; round++) {
        make_coroutine(0, 64 << 10);
        make_coroutine(1, 1 << 20);
        swapcontext(&program, &coroutine[0]);
        for (int i = 0; i < 2; i++)
            munmap(coroutine[i].uc_stack.ss_sp, coroutine[i].uc_stack.ss_size);
        capture(LC_FRAMES_MAX);
        cr_assert(is_whole());
    }
}

static LC_NOINLINE void realigned(unsigned size)
{
    char aligned[64] __attribute__((aligned(64)));
    char *variable = alloca(size);
    memset(variable, 1, size);
    memset(aligned, 2, sizeof aligned);
    capture(LC_FRAMES_MAX);
    __asm__ volatile("" : : "r"(aligned), "r"(variable) : "memory");
}

Test(unwind, realigned_frames_of_variable_size)
{
    for (unsigned size = 1; size < 5000; size += 97)
        realigned(size);
    cr_assert(is_whole());
}

static LC_NOINLINE void large_frame(void)
{
    char large[1 << 20];
    memset(large, 1, 64);
    capture(LC_FRAMES_MAX);
    __asm__ volatile("" : : "r"(large) : "memory");
}

Test(unwind, a_frame_of_a_megabyte)
{
    large_frame();
    cr_assert(is_whole());
    capture(LC_FRAMES_MAX);
    large_frame();
}

/* Its frame is in rbx: nothing that a rule follows. */
void call_from_odd_frame(int (*f)(int), int argument);
__asm__(".text\n.type call_from_odd_frame, @function\ncall_from_odd_frame:\n"
        ".cfi_startproc\n"
        "push %rbx\n.cfi_def_cfa_offset 16\n.cfi_offset rbx, -16\n"
        "mov %rsp, %rbx\n.cfi_def_cfa rbx, 16\n"
        "sub $96, %rsp\nand $-64, %rsp\n"
        "mov %rdi, %rax\nmov %esi, %edi\ncall *%rax\n"
        "mov %rbx, %rsp\n.cfi_def_cfa rsp, 16\n"
        "pop %rbx\n.cfi_def_cfa_offset 8\n.cfi_restore rbx\nret\n"
        ".cfi_endproc\n.size call_from_odd_frame, . - call_from_odd_frame\n");

static int capture_it(int limit)
{
    capture((unsigned)limit);
    return 0;
}

Test(unwind, a_frame_in_another_register_that_a_signal_frame_has_saved)
{
    handle_by(SIGUSR1, handle, 0);
    for (unsigned i = 0; i < 3; i++) {
        call_from_odd_frame(raise, SIGUSR1);
        cr_assert(is_whole());
        call_from_odd_frame(capture_it, LC_FRAMES_MAX); /* here nobody knows rbx, nor what it was then */
        cr_assert(v.ours.truncated);
        capture(LC_FRAMES_MAX);
        cr_assert(is_whole());
    }
}

static struct lc_stack thread_stack;

static void *run_small_thread(void *memory)
{
    const struct lc_context from = LC_CALLER();
    lc_stack_capture(memory, &from, LC_FRAMES_MAX, &thread_stack);
    return NULL;
}

Test(unwind, a_thread_of_16_kib)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16 << 10);
    cr_assert(eq(int, pthread_create(&thread, &attributes, run_small_thread, pages(lc_unwinder_size())), 0));
    pthread_join(thread, NULL);
    cr_assert(not(thread_stack.truncated));
    cr_assert(ge(uint, thread_stack.depth, 2));
}

/* Nothing describes: sub $24, %rsp; mov $256, %edi; call *%rsi; add $24, %rsp; ret. */
Test(unwind, generated_code_ends_the_stack)
{
    static const unsigned char code[] = {0x48, 0x83, 0xec, 0x18, 0xbf, 0x00, 0x01, 0x00,
                                         0x00, 0xff, 0xd6, 0x48, 0x83, 0xc4, 0x18, 0xc3};
    void *page = pages(4096);
    memcpy(page, code, sizeof code);
    cr_assert(eq(int, mprotect(page, 4096, PROT_READ | PROT_EXEC), 0));
    void (*call)(unsigned, void (*)(unsigned));
    memcpy(&call, &page, sizeof call);
    call(0, capture);
    cr_assert(v.ours.truncated);
    cr_assert(eq(uint, v.ours.depth, 1));
    cr_assert(eq(uptr, v.ours.frames[0], (uintptr_t)page + 11));
}

/* A module with one function that calls back from a frame of `size` bytes, compiled here and now. */
static void build_module(const char *path, unsigned size)
{
    char command[512];
    snprintf(
        command, sizeof command,
        "echo 'void call(void (*f)(unsigned)) { volatile char pad[%u]; pad[0] = 1; f(%u); pad[1] = 2; }' |"
        " cc -O1 -fomit-frame-pointer -shared -fPIC -x c - -o %s",
        size, LC_FRAMES_MAX, path);
    cr_assert(eq(int, system(command), 0));
}

static void call_through_module(const char *path)
{
    void *module = dlopen(path, RTLD_NOW);
    cr_assert(ne(ptr, module, NULL));
    void *symbol = dlsym(module, "call");
    void (*call)(void (*)(unsigned));
    memcpy(&call, &symbol, sizeof call);
    call(capture);
    call(capture);
    cr_assert(is_whole());
    dlclose(module);
    lc_unwind_forget_modules();
}

Test(unwind, another_module_where_one_was_closed)
{
    char directory[] = "/tmp/lc-unwind-XXXXXX", paths[2][64];
    cr_assert(ne(ptr, mkdtemp(directory), NULL));
    for (unsigned i = 0; i < 2; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%u.so", directory, i);
        build_module(paths[i], i ? 800 : 400);
    }
    for (unsigned round = 0; round < 6; round++)
        call_through_module(paths[round % 2]);
    for (unsigned i = 0; i < 2; i++)
        unlink(paths[i]);
    rmdir(directory);
}

Test(unwind, errno_is_kept)
{
    const struct lc_context from = LC_CALLER();
    errno = EXDEV;
    lc_stack_capture(unwinder, &from, LC_FRAMES_MAX, &v.ours);
    cr_assert(eq(int, errno, EXDEV));
}

Test(unwind, nonsense_is_not_followed)
{
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    const uintptr_t code = (uintptr_t)&capture + 32;
    const struct lc_context nonsense[] = {
        {1, here, here}, {code, 24, here},           {code, here, 24},
        {0, 0, 0},       {code, here + 1, here + 1}, {code, ~(uintptr_t)0, ~(uintptr_t)0}};
    for (unsigned i = 0; i < LC_ARRAY_LEN(nonsense); i++) {
        lc_stack_capture(unwinder, &nonsense[i], LC_FRAMES_MAX, &v.ours);
        cr_assert(ge(uint, v.ours.depth, 1));
        cr_assert(eq(uptr, v.ours.frames[0], nonsense[i].pc));
    }
    lc_stack_capture(unwinder, &nonsense[0], 0, &v.ours);
    cr_assert(eq(uint, v.ours.depth, 0));
}

/* The lowest byte of `stack` that is no longer `painted`. */
static size_t used(const unsigned char *stack, size_t size, unsigned char painted)
{
    size_t i = 0;
    while (i < size && stack[i] == painted)
        i++;
    return size - i;
}

static struct lc_context measured_from;

static void run_measured(int do_unwind)
{
    if (do_unwind)
        lc_stack_capture(unwinder, &measured_from, LC_FRAMES_MAX, &v.ours);
}

static size_t stack_used_by_coroutine(int do_unwind)
{
    const size_t size = 64 << 10;
    unsigned char *stack = pages(size);
    memset(stack, 0xa5, size);
    getcontext(&coroutine[0]);
    coroutine[0].uc_stack = (stack_t){.ss_sp = stack, .ss_size = size};
    coroutine[0].uc_link = &program;
    makecontext(&coroutine[0], (void (*)(void))run_measured, 1, do_unwind);
    swapcontext(&program, &coroutine[0]);
    const size_t result = used(stack, size, 0xa5);
    munmap(stack, size);
    return result;
}

static void measure(int number)
{
    (void)number;
    measured_from = LC_CALLER();
    const size_t without = stack_used_by_coroutine(false);
    const size_t with = stack_used_by_coroutine(true); /* a cold unwinder: everything is decoded */
    if (with - without >= 1024)
        cr_fatal("%zu bytes", with - without);
    cr_assert(gt(uint, v.ours.depth, 3));
    cr_assert(not(v.ours.truncated));
}

#ifdef __SANITIZE_ADDRESS__
enum { FRAMES_ARE_LARGER = true };
#else
enum { FRAMES_ARE_LARGER = false };
#endif

Test(unwind, less_than_a_kilobyte_of_stack, .disabled = FRAMES_ARE_LARGER)
{
    capture(LC_FRAMES_MAX); /* the loader binds functions at their first call: that is not ours */
    unwinder = pages(lc_unwinder_size());
    handle_by(SIGUSR1, measure, 0); /* a signal frame: expressions are evaluated too */
    raise(SIGUSR1);
}
