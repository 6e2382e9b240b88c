/* A process that loses 77 bytes and dies as its first argument says. */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int zero;
static volatile int *volatile place;

static __attribute__((noinline)) void lose(void)
{
    void *volatile p = malloc(77);
    p = NULL;
}

static void null_page(void) { *(place = (int *)16) = 1; }
static void read_only(void) { *(place = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) = 1; }
static void non_canonical(void) { *(place = (int *)0x8000000000000010) = 1; }
static void jump(void) { ((void (*)(void))(long)zero)(); }
static void divide(void) { zero = 10 / zero; }
static void illegal(void) { __asm__("ud2"); }
static void trap(void) { __asm__("int3"); }
static void asserts(void) { assert(zero); }
static void wrong_free(void) { free((char *)malloc(100) + 16); }

static void past_file(void)
{
    FILE *f = tmpfile();
    *(place = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0)) = 1;
}

/* An address in, before or behind a block, with which nothing may be done. */
static char *guarded(size_t of)
{
    char *block = aligned_alloc(4096, 4096);
    mprotect(block + of, 4096, of ? PROT_NONE : PROT_READ);
    return block;
}
static void in_block(void) { guarded(0)[8] = 1; }
static void past_block(void) { guarded(4096)[4096 + 24] = 1; }
static void before_block(void)
{
    char *block = malloc(1 << 20);
    munmap(block - 16 - 65536, 65536);
    zero = block[-16 - 100];
}
static void in_freed(void)
{
    void **block = malloc(1000);
    *block = (void *)0x123456789000;
    free(block);
    block[4] = (void *)0x8000000000000000; /* what a pointer in a block may look like that somebody else has used */
    *(volatile char *)block[4] = 1;
    place = (void *)block;
}
static void hole(void)
{
    char *pages = mmap(0, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    zero = pages[4096 + 80];
}
static void constant(void) { *(char *)"constant" = 1; }
static char data[4096] __attribute__((aligned(4096))) = {1};
static void run_data(void) { ((void (*)(void))data)(); }
static void past_named_file(void)
{
    FILE *f = fopen("short", "w+");
    fputs("ten bytes.", f), fflush(f);
    *(place = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0)) = 1;
    place[1024 + 2] = 1;
}

static void smash(void)
{
    char *p = malloc(40);
    memset(p, 0x41, 4096);
    free(p);
    free(malloc(5000));
}

static void leaves(int number) { _exit(7); }
static void self(int number) { kill(getpid(), number); }
static void term(void) { self(SIGTERM); }
static void hup(void) { self(SIGHUP); }
static void user(void) { self(SIGUSR1); }
static void real_time(void) { self(SIGRTMAX); }
static void sent_segv(void) { self(SIGSEGV); }

static void queued(void)
{
    sigqueue(getpid(), SIGINT, (union sigval){.sival_int = 5});
}

/* Let in for a moment only. */
static void suspended(void)
{
    sigset_t all, none;
    sigfillset(&all), sigemptyset(&none);
    sigprocmask(SIG_BLOCK, &all, NULL);
    self(SIGTERM);
    sigsuspend(&none);
}

static void broken_pipe(void)
{
    int ends[2];
    pipe(ends), close(ends[0]);
    write(ends[1], "x", 1);
}

static void alarm_clock(void)
{
    ualarm(1000, 0);
    for (;;) pause();
}

static void processor_time(void)
{
    setrlimit(RLIMIT_CPU, &(struct rlimit){1, 5});
    for (;;) zero = 0;
}

static void file_size(void)
{
    FILE *f = tmpfile();
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, 10});
    write(fileno(f), "0123456789abcdef", 10), write(fileno(f), "x", 1);
}

/* The program's own handlers that leave the end to the default. */
static void resets(int number) { signal(number, SIG_DFL); }
static void resets_and_raises(int number) { signal(number, SIG_DFL), raise(number); }
static void reset_fault(void) { signal(SIGSEGV, resets), null_page(); }
static void reset_raise(void) { signal(SIGTERM, resets_and_raises), term(); }

/* Called once: the kernel itself makes the default its action. */
static void says(int number) { write(2, "!", 1); }
static void says_and_raises(int number) { raise(number); }
static void says_and_returns(int number, siginfo_t *info, void *context)
{
    struct sigaction now;
    sigaction(number, NULL, &now);
    write(2, now.sa_handler == SIG_DFL && info->si_addr == (void *)16 ? "!" : "?", 1);
}
static void once_raise(void)
{
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = says_and_raises, .sa_flags = SA_RESETHAND}, NULL), term();
}
static void once_fault(void)
{
    sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = says_and_returns, .sa_flags = SA_RESETHAND | SA_SIGINFO}, NULL), null_page();
}
static void once_system_v(void)
{
    sysv_signal(SIGHUP, says);
    if (sysv_signal(SIGHUP, says) == says) hup(), hup();
}

static __attribute__((noinline)) int deeper(int n)
{
    volatile char room[2000] = {n};
    return room[n & 1000] + deeper(n + 1) + room[n & 100];
}
static void overflow(void) { zero = deeper(zero); }
static void *overflow_there(void *unused) { free(malloc(1)), overflow(); return unused; }
static void overflow_in_thread(void)
{
    pthread_t t;
    pthread_attr_t small;
    pthread_attr_init(&small), pthread_attr_setstacksize(&small, 128 << 10);
    pthread_create(&t, &small, overflow_there, NULL), pthread_join(t, NULL);
}
/* On the program's own signal stack. */
static void overflow_handled(void)
{
    sigaltstack(&(stack_t){.ss_sp = malloc(16384), .ss_size = 16384}, NULL);
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = leaves, .sa_flags = SA_ONSTACK}, NULL), overflow();
}
static void overflow_own_stack(void)
{
    sigaltstack(&(stack_t){.ss_sp = malloc(16384), .ss_size = 16384}, NULL), overflow();
}

static void restored(void)
{
    struct sigaction old, own = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &own, &old), term();
    sigaction(SIGTERM, &old, NULL), term();
}

static void handler_aborts(int number) { abort(); }
static void aborts_in_handler(void) { signal(SIGUSR1, handler_aborts), user(); }

static void *die_there(void *unused) { null_page(); return unused; }
static void in_thread(void)
{
    pthread_t t;
    pthread_create(&t, NULL, die_there, NULL), pthread_join(t, NULL);
}
static void two_threads(void)
{
    pthread_t t;
    pthread_create(&t, NULL, die_there, NULL), null_page();
}

/* Ends that are none of these signals' default. */
static void handled(void) { signal(SIGSEGV, leaves), null_page(); }
static void ignored(void) { signal(SIGTERM, SIG_IGN), term(); exit(8); }
static void waited_for(void)
{
    sigset_t set;
    int number;
    sigemptyset(&set), sigaddset(&set, SIGTERM), sigprocmask(SIG_BLOCK, &set, NULL);
    term(), sigwait(&set, &number);
    exit(number);
}

/* What a child in our memory does to itself is its own. */
static void borrowed(void)
{
    int status;
    pid_t pid = vfork();
    if (pid == 0) {
        signal(SIGTERM, SIG_IGN), signal(SIGSEGV, leaves), signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    if (WTERMSIG(status) == SIGINT) term();
}

static const struct {
    const char *name;
    void (*die)(void);
} ways[] = {
#define WAY(name) {#name, name}
    WAY(null_page), WAY(read_only), WAY(non_canonical), WAY(jump), WAY(divide), WAY(illegal), WAY(trap), WAY(abort), WAY(asserts),
    WAY(wrong_free), WAY(past_file), WAY(smash), WAY(term), WAY(hup), WAY(user), WAY(real_time), WAY(sent_segv), WAY(queued),
    WAY(suspended), WAY(broken_pipe), WAY(alarm_clock), WAY(processor_time), WAY(file_size), WAY(reset_fault), WAY(reset_raise),
    WAY(restored), WAY(aborts_in_handler), WAY(in_thread), WAY(two_threads), WAY(handled), WAY(ignored), WAY(waited_for),
    WAY(borrowed), WAY(once_raise), WAY(once_fault), WAY(once_system_v), WAY(overflow), WAY(overflow_in_thread), WAY(overflow_handled),
    WAY(overflow_own_stack), WAY(in_block), WAY(past_block), WAY(before_block), WAY(in_freed), WAY(hole), WAY(constant), WAY(run_data),
    WAY(past_named_file),
};

int main(int argc, char **argv)
{
    lose();
    memset(&(char[256]){0}, 0, 256);
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, argv[1]) == 0)
            ways[i].die();
    puts("lives");
    return 0;
}
