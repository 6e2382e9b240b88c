#!/usr/bin/env bats
# Programs that tools like this one have broken: each line of them stands for somebody's bug report.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "threads on stacks of 16 KiB" {
    compile small <<'END'
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
static void *work(void *size)
{
    for (int i = 0; i < 100; i++)
        free(realloc(malloc((size_t)size), 100));
    return malloc(50);
}
int main(void)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    if (pthread_attr_setstacksize(&attr, 16384) != 0)
        return 1;
    for (long i = 1; i <= 20; i++) {
        pthread_t t;
        if (pthread_create(&t, &attr, work, (void *)i) != 0)
            return 2;
        pthread_join(t, NULL);
    }
    return 0;
}
END
    exits 0 under ./small
    leaked 1000 20
}

@test "allocation in a signal handler on its own 8 KiB stack" {
    compile handler <<'END'
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
static volatile int hits;
static void on_alarm(int signal) { free(malloc(100)); hits++; }
int main(void)
{
    static char stack[8192];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 1000; i++)
        raise(SIGUSR1);
    malloc(10);
    return hits != 1000;
}
END
    exits 0 under ./handler
    leaked 10 1
}

@test "a constructor of a library that allocates before ours runs, and an IFUNC resolver" {
    compile early.so -shared -fPIC <<'END'
#include <stdlib.h>
void *early;
__attribute__((constructor(101))) static void first(void) { early = malloc(77); }
END
    compile ifunc ./early.so "-Wl,-rpath,$PWD" <<'END'
#include <stdio.h>
#include <stdlib.h>
static int answer(void) { return 42; }
static int (*resolve(void))(void) { return answer; }
int question(void) __attribute__((ifunc("resolve")));
extern void *early;
int main(void) { free(early); printf("%d\n", question()); return 0; }
END
    exits 0 under ./ifunc
    [ "$output" = 42 ]
    leaked 0 0
    [ "$(grep -c ^error "$log")" -eq 0 ]
}

@test "exit handlers and destructors that free: no leak" {
    compile late <<'END'
#include <stdlib.h>
static void *a, *b;
static void handler(void) { free(a); }
__attribute__((destructor)) static void destructor(void) { free(b); }
int main(void) { a = malloc(1); b = malloc(2); atexit(handler); return 0; }
END
    exits 0 under ./late
    leaked 0 0
}

@test "destructors that run on threads' exit, and pthread keys" {
    compile keys <<'END'
#include <pthread.h>
#include <stdlib.h>
static pthread_key_t key;
static __thread char big[4096];
static void *work(void *x) { pthread_setspecific(key, malloc(10)); big[0] = 1; return x; }
int main(void)
{
    pthread_key_create(&key, free);
    for (int i = 0; i < 50; i++) {
        pthread_t t;
        pthread_create(&t, NULL, work, NULL);
        pthread_join(t, NULL);
    }
    return 0;
}
END
    exits 0 under ./keys
    leaked 0 0 malloc
}

@test "dlopen and dlclose, over and over, with threads that allocate" {
    compile plugin.so -shared -fPIC <<'END'
#include <stdlib.h>
__thread char own[64];
void *run(size_t size) { own[0]++; return malloc(size); }
END
    compile opens -ldl <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
static volatile int over;
static void *churn(void *x) { while (!over) free(malloc(100)); return x; }
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, churn, NULL);
    for (int i = 0; i < 300; i++) {
        void *plugin = dlopen("./plugin.so", RTLD_NOW);
        void *(*run)(size_t) = (void *(*)(size_t))dlsym(plugin, "run");
        run(7);
        dlclose(plugin);
    }
    over = 1;
    pthread_join(t, NULL);
    return 0;
}
END
    exits 0 under timeout 60 ./opens
    [ "$(sum leak blocks 'function=malloc ')" -ge 300 ]
    [ "$(sum leak bytes 'function=malloc ')" -ge 2100 ]
}

@test "eight threads that hand blocks to each other" {
    compile hands <<'END'
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
static _Atomic(void *) mailbox[64];
static void *work(void *seed)
{
    unsigned state = (unsigned)(size_t)seed;
    for (int i = 0; i < 200000; i++) {
        state = state * 1103515245 + 12345;
        free(atomic_exchange(&mailbox[state >> 26], malloc(state >> 22)));
    }
    return NULL;
}
int main(void)
{
    pthread_t t[8];
    for (size_t i = 0; i < 8; i++)
        pthread_create(&t[i], NULL, work, (void *)(i + 1));
    for (int i = 0; i < 8; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 64; i++)
        free(mailbox[i]);
    return 0;
}
END
    exits 0 under ./hands
    leaked 0 0
    [ "$(grep -c ^error "$log")" -eq 0 ]
    [ "$(sum coverage unknown-frees)" -eq 0 ]
}

@test "a coroutine on a stack of its own (ucontext)" {
    compile fiber <<'END'
#include <stdlib.h>
#include <ucontext.h>
static ucontext_t home, fiber;
static void run(void) { for (int i = 0; i < 10; i++) { malloc(5); swapcontext(&fiber, &home); } }
int main(void)
{
    char *stack = malloc(65536);
    getcontext(&fiber);
    fiber.uc_stack.ss_sp = stack;
    fiber.uc_stack.ss_size = 65536;
    fiber.uc_link = &home;
    makecontext(&fiber, run, 0);
    for (int i = 0; i < 10; i++) {
        malloc(3);
        swapcontext(&home, &fiber);
    }
    free(stack);
    return 0;
}
END
    exits 0 under ./fiber
    leaked 80 20
}

@test "exceptions and longjmp over frames that allocate" {
    compile_cxx jumps <<'END'
#include <csetjmp>
#include <cstdlib>
#include <stdexcept>
static std::jmp_buf back;
static void deep(int n)
{
    std::malloc(1);
    if (n)
        deep(n - 1);
    else
        std::longjmp(back, 1);
}
static void thrower(int n)
{
    std::malloc(2);
    if (n)
        thrower(n - 1);
    else
        throw std::runtime_error("x");
}
int main()
{
    for (int i = 0; i < 10; i++) {
        if (setjmp(back) == 0)
            deep(9);
        try {
            thrower(9);
        } catch (const std::exception &) {
        }
    }
    return 0;
}
END
    exits 0 under ./jumps
    leaked 300 200 malloc
}

@test "a stack of 300 frames is cut at the limit, and said to be" {
    compile deep -O0 <<'END'
#include <stdlib.h>
static void go(int n) { if (n) go(n - 1); else malloc(10); }
int main(void) { go(300); return 0; }
END
    for limit in 2 64 256; do # the allocation function is one of them
        options=num-callers=$limit exits 0 under ./deep
        [ "$(grep -c '^frame ' "$log")" -eq $((limit - 1)) ] || fail "$(grep -c '^frame ' "$log") frames"
        grep -q '^frame .*cut=1' "$log"
        leaked 10 1
    done
}

@test "limits on memory: degraded, not dead" {
    (
        ulimit -v 300000
        exits 0 under "$samples/leak"
        leaked 192 3
    )
}

@test "a process that closes every descriptor still reports" {
    compile closes <<'END'
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>
int main(void)
{
    malloc(10);
    close_range(3, ~0u, 0);
    for (int fd = 3; fd < 2000; fd++)
        close(fd);
    return 0;
}
END
    exits 23 "$leakcheck" -q ./closes
    expect '10 bytes in 1 blocks'
}

@test "code without unwind information ends the stack, no more" {
    compile bare -fno-asynchronous-unwind-tables -fno-unwind-tables -fomit-frame-pointer -O2 <<'END'
#include <stdlib.h>
__attribute__((noinline)) void *inner(void) { void *p = malloc(10); __asm__ volatile("" ::: "memory"); return p; }
int main(void) { inner(); return 0; }
END
    exits 0 under ./bare
    leaked 10 1
    log_is_whole
}

@test "a stripped program: dynamic names, else module and offset" {
    cp "$samples/leak" stripped
    strip stripped
    exits 23 "$leakcheck" ./stripped
    expect '192 bytes in 3 blocks'
    expect '(in '"$PWD/stripped"
}

@test "/proc is not there: everything but the map" {
    unshare -m mount -t tmpfs none /proc 2>/dev/null || skip 'no right to take /proc away'
    exits 23 unshare -m sh -c "mount -t tmpfs none /proc && exec env LD_PRELOAD=$library \
        LEAKCHECK_OPTIONS=error-exitcode=23 $samples/leak"
    expect '192 bytes in 3 blocks'
}
