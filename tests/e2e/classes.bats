#!/usr/bin/env bats
# What is lost, what hangs from it, what is held: each kind of root on and off.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

# kinds KIND...: how many blocks the log has of each, in one line.
kinds() {
    local kind counts=
    for kind in "$@"; do
        counts+="${counts:+ }$(sum leak blocks "kind=$kind ")"
    done
    echo "$counts"
}

# has KIND BLOCKS: of blocks of 1234 bytes, which the programs here make.
has() {
    local blocks
    blocks=$(sed -n "s/^leak kind=$1 bytes=\([0-9]*\) .*/\1/p" "$log" | awk '$1 % 1234 == 0 { n += $1 / 1234 } END { print n + 0 }')
    [ "$blocks" = "$2" ] || fail "$blocks blocks are $1, not $2: $(grep '^leak ' "$log")"
}

# on_and_off OPTION PROGRAM...: held by that kind of root alone.
on_and_off() {
    local option=$1
    shift
    exits 0 under "$@"
    has reachable 1
    has definite 0
    options=$option=no exits 0 under "$@"
    has reachable 0
    has definite 1
}

@test "data and bss of the program hold; with use-globals=no they do not" {
    compile data <<'END'
#include <stdlib.h>
void *kept = (void *)1;
int main(void) { kept = malloc(1234); return 0; }
END
    on_and_off use-globals ./data
    compile bss <<'END'
#include <stdlib.h>
void *kept[4096];
int main(void) { kept[4000] = malloc(1234); return 0; }
END
    on_and_off use-globals ./bss
}

@test "so does data of a plugin, as long as it is loaded" {
    gcc -shared -fPIC -w -o plugin.so -x c - <<'END'
#include <stdlib.h>
void *kept;
void keep(void) { kept = malloc(1234); }
END
    compile host <<'END'
#include <dlfcn.h>
int main(int count, char **arguments)
{
    void *plugin = dlopen("./plugin.so", RTLD_NOW);
    ((void (*)(void))dlsym(plugin, "keep"))();
    if (count > 1)
        dlclose(plugin);
    return 0;
}
END
    on_and_off use-globals ./host
    exits 0 under ./host closed
    has definite 1
}

@test "the stack of whoever calls exit holds; with use-stacks=no it does not; a dead one never does" {
    compile alive <<'END'
#include <stdlib.h>
int main(void) { void *volatile kept = malloc(1234); exit(kept == 0); }
END
    on_and_off use-stacks ./alive
    compile dead <<'END'
#include <stdlib.h>
int main(void) { void *volatile kept = malloc(1234); return kept == 0; }
END
    exits 0 under ./dead
    has definite 1
    compile below <<'END'
#include <stdlib.h>
__attribute__((noinline)) static int leave(void) { void *volatile kept[100]; kept[50] = malloc(1234); return kept[50] == 0; }
int main(void) { exit(leave()); }
END
    exits 0 under ./below
    has definite 1
}

@test "so does that of another thread, wherever it stands; with signals blocked it is told as not stopped" {
    program='
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static int ready[2];
static void *work(void *unused)
{
    sigset_t all;
    sigfillset(&all);
#ifdef BLOCKED
    pthread_sigmask(SIG_BLOCK, &all, 0);
#endif
    void *volatile kept = malloc(1234);
    write(ready[1], "x", 1);
    for (;;)
        WAIT;
    return kept;
}
int main(void)
{
    char c;
    pthread_t thread;
    pipe(ready);
    pthread_create(&thread, 0, work, 0);
    read(ready[0], &c, 1);
    _exit(0);
}'
    compile waits "-DWAIT=pause()" <<<"$program"
    on_and_off use-stacks ./waits
    compile runs "-DWAIT=(void)0" <<<"$program"
    on_and_off use-stacks ./runs
    grep -q ' unstopped-threads=0$' "$log"
    compile blocks -DBLOCKED "-DWAIT=pause()" <<<"$program"
    on_and_off use-stacks ./blocks
    grep -q ' unstopped-threads=1$' "$log"
    compile spins -DBLOCKED "-DWAIT=(void)0" <<<"$program"
    options=stop-timeout=50 exits 0 under ./spins
    has reachable 1
    grep -q ' unstopped-threads=1$' "$log"
}

@test "the alternate signal stack that a thread stands on holds, and so does what it interrupted" {
    compile alternate <<'END'
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
static void handler(int unused) { void *volatile kept = malloc(1234); exit(kept == 0); }
int main(int count, char **arguments)
{
    stack_t stack = {.ss_size = 65536};
    stack.ss_sp = mmap(0, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    void *volatile kept = count > 1 ? malloc(1234) : 0;
    sigaltstack(&stack, 0);
    sigaction(SIGUSR1, &action, 0);
    raise(SIGUSR1);
    return kept == 0;
}
END
    on_and_off use-stacks ./alternate
    exits 0 under ./alternate twice
    has reachable 2
}

@test "an alternate signal stack is held, since the kernel points to it; when it is given up it is lost" {
    compile given <<'END'
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
static int ready[2], goes_on[2];
__attribute__((noinline)) static void wipe(void) { volatile char dead[4096]; for (int i = 0; i < 4096; i++) dead[i] = 0; }
__attribute__((noinline)) static void give(int is_given_up)
{
    stack_t stack = {.ss_size = 65536}, none = {.ss_flags = SS_DISABLE};
    stack.ss_sp = mmap(0, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaltstack(&stack, 0);
    if (is_given_up)
        sigaltstack(&none, 0);
}
static void *work(void *is_given_up)
{
    char c;
    give(is_given_up != 0);
    wipe();
    write(ready[1], "x", 1);
    read(goes_on[0], &c, 1);
    return 0;
}
int main(int count, char **arguments)
{
    char c;
    pthread_t thread;
    pipe(ready), pipe(goes_on);
    give(count > 1);
    pthread_create(&thread, 0, work, count > 1 ? &thread : 0);
    read(ready[0], &c, 1);
    wipe();
    return 0;
}
END
    exits 0 under ./given
    [ "$(kinds mapping)" = 0 ] || fail "$(grep '^leak ' "$log")"
    exits 0 under ./given up
    [ "$(kinds mapping)" = 2 ] || fail "$(grep '^leak ' "$log")"
}

@test "the result of a thread is held until it is joined; that of a detached one is not" {
    compile result <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static pthread_t thread;
static void *work(void *unused) { return malloc(1234); }
int main(int count, char **arguments)
{
    char what = count > 1 ? arguments[1][0] : 0;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    if (what == 'd')
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &detached, work, 0);
    if (what == 'j')
        pthread_join(thread, 0);
    usleep(100000);
    return 0;
}
END
    exits 0 under ./result
    has reachable 1
    has definite 0
    exits 0 under ./result joined
    has definite 1
    exits 0 under ./result detached
    has definite 1
}

@test "a mapping that the program registered as a root is no finding; with use-root-regions=no it is" {
    compile registered "-I$BATS_TEST_DIRNAME/../../include" <<'END'
#include <stdlib.h>
#include <sys/mman.h>
#include "leakcheck/leakcheck.h"
int main(void)
{
    void *volatile *p = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[100] = malloc(1234);
    leakcheck_register_root((void *)(p + 100), 8);
    return 0;
}
END
    exits 0 under ./registered
    has reachable 1
    [ "$(kinds mapping)" = 0 ] || fail "$(grep '^leak ' "$log")"
    options=use-root-regions=no exits 0 under ./registered
    [ "$(kinds mapping)" = 1 ] || fail "$(grep '^leak ' "$log")"
}

@test "registers hold; with use-registers=no they do not" {
    compile general <<'END'
#include <stdlib.h>
#include <unistd.h>
int main(void)
{
    __asm__ volatile("mov %0, %%r12\n\txor %%eax, %%eax\n\txor %%edi, %%edi\n\tcall _exit" : : "a"(malloc(1234)) : "r12");
    return 0;
}
END
    on_and_off use-registers ./general
    compile vector <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static volatile int ready;
static void *work(void *unused)
{
    __asm__ volatile("movq %0, %%xmm9\n\txor %0, %0\n\tmovl $1, %1\n1:\tpause\n\tjmp 1b" : : "a"(malloc(1234)), "m"(ready) : "xmm9");
    return 0;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, work, 0);
    while (!ready)
        usleep(1000);
    _exit(0);
}
END
    on_and_off use-registers ./vector
}

@test "static and dynamic TLS hold, of every thread, and pthread_setspecific; with use-tls=no they do not" {
    compile static <<'END'
#include <stdlib.h>
__thread void *kept;
int main(void) { kept = malloc(1234); return 0; }
END
    on_and_off use-tls ./static
    compile static_of_thread <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static __thread void *kept;
static int ready[2];
__attribute__((noinline)) static void keep(void) { kept = malloc(1234); }
__attribute__((noinline)) static void wipe(void) { volatile char dead[4096]; for (int i = 0; i < 4096; i++) dead[i] = 0; }
static void *work(void *unused) { keep(); wipe(); write(ready[1], "x", 1); pause(); return kept; }
int main(void)
{
    char c;
    pthread_t thread;
    pipe(ready);
    pthread_create(&thread, 0, work, 0);
    read(ready[0], &c, 1);
    return 0;
}
END
    on_and_off use-tls ./static_of_thread
    gcc -shared -fPIC -w -o tls.so -x c - <<'END'
#include <stdlib.h>
__thread void *kept[1000];
void keep(void) { kept[500] = malloc(1234); }
END
    program='
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static volatile int ready;
static pthread_key_t key;
static void keep(void)
{
#ifdef KEY
    pthread_setspecific(key, malloc(1234));
#else
    void *plugin = dlopen("./tls.so", RTLD_NOW);
    ((void (*)(void))dlsym(plugin, "keep"))();
#endif
}
static void *work(void *unused) { keep(); ready = 1; pause(); return 0; }
int main(int count, char **arguments)
{
    pthread_t thread;
    pthread_key_create(&key, 0);
    if (count == 1)
        keep();
    else
        pthread_create(&thread, 0, work, 0);
    while (count > 1 && !ready)
        usleep(1000);
    return 0;
}'
    compile dynamic <<<"$program"
    on_and_off use-tls ./dynamic
    on_and_off use-tls ./dynamic thread
    compile specific -DKEY <<<"$program"
    on_and_off use-tls ./specific
    on_and_off use-tls ./specific thread
}

@test "memory that nobody was seen to map holds; with use-mappings=no it does not" {
    compile raw <<'END'
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    void *volatile *p = (void *volatile *)syscall(SYS_mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[100] = malloc(1234);
    return 0;
}
END
    on_and_off use-mappings ./raw
}

@test "shared memory that nobody was seen to map holds; with use-shared=no it does not" {
    compile shared <<'END'
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    void *volatile *p = (void *volatile *)syscall(SYS_mmap, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    p[100] = malloc(1234);
    return 0;
}
END
    on_and_off use-shared ./shared
}

@test "a mapping that something points into is held and holds; one that nothing points into is lost, and what hangs from it" {
    program='
#include <stdlib.h>
#include <sys/mman.h>
void *volatile *kept;
int main(void)
{
    void *volatile *p = mmap(0, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[100] = malloc(1234);
#ifdef CONTROL
    kept = p + 17;
#endif
#ifdef SPLIT
    munmap((char *)p + 4096, 4096);
#endif
    return 0;
}'
    compile held -DCONTROL <<<"$program"
    exits 0 under ./held
    has reachable 1
    [ "$(kinds mapping)" = 0 ]
    compile lost <<<"$program"
    exits 0 under ./lost
    has indirect 1
    grep -q '^leak kind=mapping bytes=12288 blocks=1 hanging-bytes=1234 hanging-blocks=1 function=mmap ' "$log"
    compile split -DSPLIT <<<"$program"
    exits 0 under ./split
    grep -q '^leak kind=mapping bytes=8192 blocks=2 ' "$log"
}

@test "threads hold their descriptors and DTVs: never a finding" {
    compile threads <<'END'
#include <pthread.h>
#include <unistd.h>
static void *work(void *unused) { pause(); return 0; }
int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 10; i++)
        pthread_create(&thread, 0, work, 0);
    return 0;
}
END
    exits 0 under ./threads
    [ "$(grep -c '^leak ' "$log")" -eq 0 ]
}

@test "interior pointers, tagged ones, and empty arrays" {
    compile interior <<'END'
#include <stdint.h>
#include <stdlib.h>
char *inside;
uintptr_t low, high, little, none;
int main(void)
{
    inside = (char *)malloc(1234) + 600;
    low = (uintptr_t)malloc(1234) | 3;
    high = (uintptr_t)malloc(1234) | (uintptr_t)0xabcd << 48;
    little = (uintptr_t)malloc(4) | 7;
    none = (uintptr_t)malloc(0) | 2;
    return 0;
}
END
    exits 0 under ./interior
    has possible 1
    has tagged 2
    [ "$(kinds tagged definite)" = "4 0" ] || fail "$(grep '^leak ' "$log")"
    compile_cxx empty <<'END'
struct with { ~with(); long x; };
with::~with() {}
with *kept;
int main(int count, char **) { kept = new with[count - 1]; return 0; }
END
    exits 0 under ./empty
    [ "$(kinds definite possible reachable)" = "0 0 1" ] || fail "$(kinds definite possible reachable)"
}

@test "blocks of no bytes and of 2 GiB" {
    compile sizes <<'END'
#include <stdlib.h>
void *none;
char *all;
int main(void)
{
    none = malloc(0);
    all = (char *)malloc(2500000000u) + 2400000000u;
    malloc(0);
    return 0;
}
END
    exits 0 under ./sizes
    [ "$(kinds reachable possible definite)" = "1 1 1" ] || fail "$(kinds reachable possible definite)"
    [ "$(sum leak bytes kind=possible)" = 2500000000 ]
}

@test "each heuristic, on and off" {
    compile heuristics <<'END'
#include <stdint.h>
#include <stdlib.h>
char *string, *length, *array;
int main(void)
{
    volatile uint64_t *p = malloc(24 + 40 + 1);
    p[0] = 7, p[1] = 40;
    string = (char *)(p + 3);
    p = malloc(8 + 50);
    p[0] = 50;
    length = (char *)(p + 1);
    p = malloc(8 + 60);
    p[0] = 5;
    array = (char *)(p + 1);
    return 0;
}
END
    compile_cxx base <<'END'
struct a { virtual ~a() {} virtual void f() {} long x; };
struct b { virtual ~b() {} virtual void g() {} long y; };
struct both : a, b { };
b *kept;
int main() { kept = new both; return 0; }
END
    exits 0 under ./heuristics
    [ "$(kinds reachable possible)" = "3 0" ]
    exits 0 under ./base
    grep -q '^heuristic name=multipleinheritance bytes=32 blocks=1$' "$log"
    options=leak-check-heuristics=none exits 0 under ./heuristics
    [ "$(kinds reachable possible)" = "0 3" ]
    options=leak-check-heuristics=stdstring exits 0 under ./heuristics
    [ "$(kinds reachable possible)" = "1 2" ]
    grep -q '^heuristic name=stdstring bytes=65 blocks=1$' "$log"
    options=leak-check-heuristics=none exits 0 under ./base
    [ "$(kinds reachable possible)" = "0 1" ]
}

@test "cycles and trees have one leader, and the sums add up" {
    compile graph <<'END'
#include <stdlib.h>
struct node { struct node *volatile next, *volatile other; };
static struct node *make(void) { return calloc(1, sizeof(struct node)); }
int main(int count, char **arguments)
{
    struct node *a = make(), *b = make(), *c = make(), *d = make();
    a->next = b, b->next = a, b->other = c;     /* a cycle, and a tail */
    if (count > 1)
        d->next = b;                            /* and who leads to it */
    return 0;
}
END
    exits 0 under ./graph
    [ "$(kinds definite indirect)" = "2 2" ]
    [ "$(sum leak hanging-bytes kind=definite)" = "$(sum leak bytes kind=indirect)" ]
    [ "$(sum leak cycles kind=definite)" = 1 ]
    exits 0 under ./graph led
    [ "$(kinds definite indirect)" = "1 3" ]
    [ "$(sum leak hanging-blocks kind=definite)" = 3 ]
    ! grep -q cycles= "$log"
}

@test "what hangs from a leak is shown by stack" {
    compile tree <<'END'
#include <stdlib.h>
static void *volatile *make(void) { return calloc(1, 16); }
static void *leaf(void) { return malloc(1234); }
int main(void) { void *volatile *top = make(); top[0] = leaf(); top[1] = leaf(); return 0; }
END
    run --separate-stderr "$leakcheck" -q --show-tree=yes ./tree
    expect '2,484 (16 direct, 2,468 indirect) bytes in 1 blocks are definitely lost'
    expect ' +-> 1,234 bytes in 1 blocks hang from it'
    run --separate-stderr "$leakcheck" -q ./tree
    expect_not '+->'
}

@test "which kinds are shown, and which count" {
    compile each <<'END'
#include <stdlib.h>
char *kept;
int main(void) { kept = malloc(1234); return 0; }
END
    exits 0 "$leakcheck" ./each
    expect 'still reachable: 1,234 bytes in 1 blocks'
    expect 'To see them, rerun with: --leak-check=full --show-leak-kinds=all'
    expect 'ERROR SUMMARY: 0 errors'
    exits 0 "$leakcheck" -q --show-leak-kinds=all ./each
    expect '1,234 bytes in 1 blocks are still reachable in loss record 1 of 1'
    exits 23 "$leakcheck" -q --errors-for-leak-kinds=reachable ./each
}

@test "stacks are one leak as far as leak-resolution looks" {
    compile deep <<'END'
#include <stdlib.h>
__attribute__((noinline)) static void *one(void) { return malloc(1234); }
__attribute__((noinline)) static int two(void) { return one() != 0; }
__attribute__((noinline)) static int three(void) { return two() + 1; }
__attribute__((noinline)) static int four(void) { return three() + 1; }
int main(void) { return (four() + 1) * (four() + 2) * (two() + 1) ? 0 : 1; }
END
    options=leak-resolution=high exits 0 under ./deep
    [ "$(grep -c '^leak ' "$log")" -eq 3 ]
    options=leak-resolution=med exits 0 under ./deep
    [ "$(grep -c '^leak ' "$log")" -eq 2 ]
    options=leak-resolution=low exits 0 under ./deep
    [ "$(grep -c '^leak ' "$log")" -eq 1 ]
}

@test "a thousand threads, some of which begin and end meanwhile" {
    compile many <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static int ready;
static void *wait(void *unused)
{
    void *volatile kept = malloc(1234);
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    pause();
    return kept;
}
static void *brief(void *unused) { return unused; }
static void *breed(void *unused)
{
    pthread_t t;
    for (;;)
        if (pthread_create(&t, unused, brief, 0) == 0)
            pthread_detach(t);
}
int main(void)
{
    pthread_attr_t small;
    pthread_t t;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (int i = 0; i < 1000; i++)
        pthread_create(&t, &small, wait, 0);
    while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < 1000)
        usleep(1000);
    pthread_create(&t, 0, breed, &small);
    usleep(20000);
    _exit(0);
}
END
    options=stop-timeout=20000 exits 0 under ./many
    has reachable 1000
}

@test "the memory of the program is resident after the check as before, to the page" {
    compile untouched "-I$BATS_TEST_DIRNAME/../../include" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "leakcheck/leakcheck.h"
char *kept[3];
static long resident(const char *start, size_t size)
{
    static unsigned char pages[65536];
    long count = 0;
    mincore((void *)((size_t)start & -4096), size, pages);
    for (size_t i = 0; i < size / 4096; i++)
        count += pages[i] & 1;
    return count;
}
static long all(void) { return resident(kept[0], 64 << 20) + resident(kept[1], 64 << 20) + resident(kept[2], 64 << 20); }
int main(void)
{
    struct leakcheck_leaks leaks;
    kept[0] = malloc(64 << 20);
    kept[1] = mmap(0, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    kept[2] = mmap(0, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(kept[0] + (30 << 20), 1, 100000);
    memset(kept[1] + (30 << 20), 1, 100000);
    long before = all();
    int is_checked = leakcheck_count(&leaks);
    printf("%d %ld %ld\n", is_checked, before, all() - before);
    return 0;
}
END
    exits 0 under ./untouched
    [[ $output =~ ^1\ [0-9]+\ 0$ ]] || fail "not untouched"
}

@test "what can't be read does no harm, and a block that begins there is still a block" {
    compile closed <<'END'
#include <stdlib.h>
#include <sys/mman.h>
void *kept[2];
int main(void)
{
    kept[0] = aligned_alloc(4096, 8192);
    kept[1] = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(kept[0], 4096, PROT_NONE);
    mprotect((char *)kept[1] + 4096, 4096, PROT_NONE);
    ((void *volatile *)kept[0])[600] = malloc(1234);
    return 0;
}
END
    exits 0 under ./closed
    [ "$(kinds reachable definite)" = "2 0" ]
}

# Ten threads that wait, run, and allocate; each holds a block.
ten_threads='
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static int ready[2];
static void *work(void *does_wait)
{
    void *volatile kept = malloc(1234);
#ifdef BLOCK
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, 0);
#endif
    write(ready[1], "x", 1);
    while (does_wait)
        pause();
    for (;;)
        free(malloc(16));
    return kept;
}
int main(void)
{
    char c;
    pthread_t thread;
    pipe(ready);
    for (int i = 0; i < 10; i++)
        pthread_create(&thread, 0, work, i < 8 ? &thread : 0);
    for (int i = 0; i < 10; i++)
        read(ready[0], &c, 1);
    START
    _exit(0);
}'

# all_stopped: and what they hold is held.
all_stopped() {
    grep -q ' unstopped-threads=0$' "$log" || fail "$(grep '^coverage' "$log")"
    has definite 0
    has reachable 10
}

@test "threads are stopped under gdb" {
    command -v gdb >/dev/null || skip 'gdb is not installed'
    compile ten -DSTART= <<<"$ten_threads"
    rm -f "$log"
    run gdb -q -batch -nx -iex 'set debuginfod enabled off' -ex 'set startup-with-shell off' -ex "set environment LD_PRELOAD $library" \
        -ex "set environment LEAKCHECK_OPTIONS symbolizer=no:stop-timeout=60000:log-file=/dev/null:record=$log" -ex run ./ten
    [[ $output == *'exited normally'* ]] || fail "gdb stopped"
    all_stopped
}

@test "threads are stopped under strace" {
    command -v strace >/dev/null || skip 'strace is not installed'
    compile ten -DSTART= <<<"$ten_threads"
    rm -f "$log"
    run -0 strace -f -o trace -E "LD_PRELOAD=$library" \
        -E "LEAKCHECK_OPTIONS=symbolizer=no:stop-timeout=60000:log-file=/dev/null:record=$log" ./ten
    grep -q 'tgkill(.*) *= 0' trace
    all_stopped
}

@test "threads are stopped, and blocks found, under a filter as containers have it" {
    cat >deny.h <<'END'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
static void deny(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev), DENY(userfaultfd), DENY(perf_event_open), DENY(bpf),
        DENY(kcmp), DENY(pidfd_getfd), DENY(process_madvise), DENY(setns), DENY(unshare), DENY(mount), DENY(add_key),
        DENY(keyctl), DENY(request_key), DENY(personality), DENY(move_pages), DENY(mbind), DENY(get_mempolicy),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        exit(77);
    if (syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0) != -1 || errno != EPERM)
        exit(78);
}
END
    compile filtered '-DSTART=deny();' -include deny.h <<<"$ten_threads"
    exits 0 under ./filtered
    all_stopped
    compile blocked -DBLOCK '-DSTART=deny();' -include deny.h <<<"$ten_threads"
    options=stop-timeout=100 exits 0 under ./blocked
    grep -q ' unstopped-threads=10$' "$log"
    has definite 0
    has reachable 10
}

# A global holds a node, that one a leaf; the program prints where the leaf is.
chain='
#include <stdio.h>
#include <stdlib.h>
struct node { long pad[3]; void *volatile leaf; };
struct { long pad; struct node *volatile node; } cache;
static struct node *make_node(void) { return calloc(1, sizeof(struct node)); }
static void *make_leaf(void) { return malloc(1234); }
int main(void)
{
    cache.node = make_node();
    cache.node->leaf = make_leaf();
    fprintf(stderr, "%p\n", cache.node->leaf);
#ifdef INSIDE
    cache.node->leaf = (char *)cache.node->leaf + 100;
#endif
#ifdef LOST
    cache.node = 0;
#endif
    return 0;
}'

@test "the way from a root to a block is shown on request, for reachable and possibly lost ones" {
    compile held <<<"$chain"
    compile inside -DINSIDE <<<"$chain"
    compile lost -DLOST <<<"$chain"
    exits 0 "$leakcheck" -q --show-leak-kinds=all --show-root-path=yes ./held
    expect '1,234 bytes in 1 blocks are still reachable in loss record'
    expect ' one of them is held by global `cache`+0x8 in held'
    expect '   -> block of 32 from make_node (<stdin>:6), at offset 24'
    exits 0 "$leakcheck" -q --show-leak-kinds=all ./held
    expect_not 'is held by'
    exits 23 "$leakcheck" -q --show-root-path=yes ./inside
    expect '1,234 bytes in 1 blocks are possibly lost in loss record'
    expect '   -> block of 32 from make_node (<stdin>:6), at offset 24'
    exits 23 "$leakcheck" -q --show-leak-kinds=all --show-root-path=yes ./lost
    expect_not 'is held by'
}

@test "the way names stacks with the functions whose frames they are, registers and thread-local storage" {
    compile_cxx places <<'END'
#include <cstdlib>
#include <csignal>
#include <pthread.h>
#include <unistd.h>
#define KEEP(p) void *volatile kept_here = p; __asm__ volatile("" : : "r"(&kept_here) : "memory")
__thread void *volatile kept;
static volatile int is_ready;
__attribute__((noinline)) static void *one() { return malloc(11); }
__attribute__((noinline)) static void *two() { return malloc(22); }
__attribute__((noinline)) static void *three() { return malloc(33); }
__attribute__((noinline)) static void *four() { return malloc(44); }
__attribute__((noinline)) static void *five() { return malloc(55); }
static void wait_here()
{
    is_ready = 1;
    for (;;)
        pause();
}
__attribute__((noinline)) static void work(void *is_deaf)
{
    KEEP(four());
    if (!is_deaf)
        __asm__ volatile("movq %0, %%xmm5\n\txor %%eax, %%eax" : : "a"(five()) : "xmm5");
    wait_here();
}
static void *start(void *is_deaf)
{
    sigset_t all;
    sigfillset(&all);
    if (is_deaf)
        pthread_sigmask(SIG_BLOCK, &all, 0);
    work(is_deaf);
    return 0;
}
int main(int argc, char **)
{
    pthread_t thread;
    pthread_create(&thread, 0, start, argc > 1 ? &thread : 0);
    while (!is_ready)
        usleep(1000);
    KEEP(one());
    kept = two();
    __asm__ volatile("mov %0, %%r13\n\txor %%eax, %%eax\n\txor %%edi, %%edi\n\tcall _exit" : : "a"(three()), "m"(kept_here) : "r13");
}
END
    exits 0 "$leakcheck" -q --show-leak-kinds=all --show-root-path=yes ./places
    [[ $stderr =~ ' held by stack of thread '[0-9]+', frame main (<stdin>:'[0-9]+') at 0x' ]] || fail 'main is missing'
    expect ', frame work(void*) (<stdin>:24) at 0x'
    expect ' one of them is held by thread-local storage of thread '
    expect ' one of them is held by register r13 of thread '
    expect ' one of them is held by register vector of thread '
    exits 0 "$leakcheck" -q --symbolizer=no --show-leak-kinds=all --show-root-path=yes ./places
    expect ", frame main (in $PWD/places) at 0x"
    exits 0 "$leakcheck" -q --show-leak-kinds=all --show-root-path=yes ./places deaf
    expect ', frame main (<stdin>:'
    [[ $stderr =~ ' held by stack of thread '[0-9]+' at 0x' ]] || fail 'a stack that could not be followed is missing'
    expect_not ', frame work'
}

@test "why tells what holds the block at an address; of one that is lost it has nothing to tell" {
    setarch -R true 2>/dev/null || skip 'addresses can not be fixed here'
    compile held <<<"$chain"
    compile lost -DLOST <<<"$chain"
    local program address
    for program in held lost; do
        exits 0 setarch -R "$leakcheck" --error-exitcode=0 "./$program"
        address=${stderr_lines[0]}
        [[ $address == 0x* ]] || fail "no address"
        exits 0 setarch -R "$leakcheck" --error-exitcode=0 "--why=$address" "./$program"
        [ "${stderr_lines[0]}" = "$address" ] || skip 'addresses are not fixed here'
        [ "$program" = lost ] || expect 'The block that --why asks about:'
        [ "$program" = lost ] || expect ' it is held by global `cache`+0x8 in held'
        [ "$program" = lost ] || expect '   -> block of 32 from make_node (<stdin>:6), at offset 24'
        [ "$program" = held ] || expect_not 'it is held by'
    done
}

@test "what hangs from a lost block is told by stack and count, below its leader alone" {
    compile tree <<'END'
#include <stdlib.h>
static void *volatile *top(size_t size) { return calloc(1, size); }
static void *volatile *branch(void) { return calloc(1, 24); }
static void *leaf(void) { return malloc(10); }
int main(void)
{
    void *volatile *a = top(40), *volatile *alone = top(50);
    for (int i = 0; i < 3; i++) {
        void *volatile *b = branch();
        for (volatile int k = 0; k < 2; k++)
            b[k] = leaf();
        a[i] = (void *)b;
    }
    return 0;
}
END
    run --separate-stderr "$leakcheck" -q --show-tree=yes ./tree
    expect '172 (40 direct, 132 indirect) bytes in 1 blocks are definitely lost'
    expect ' +-> 72 bytes in 3 blocks hang from it'
    expect ' +-> 60 bytes in 6 blocks hang from it'
    expect '50 bytes in 1 blocks are definitely lost'
    [ "$(grep -c ' +-> .* hang from it' <<<"$stderr")" -eq 2 ] || fail "not two"
}

@test "the class of an object is named by its vtable, not that of a block without one" {
    compile_cxx shapes <<'END'
namespace shapes {
struct shape { virtual ~shape(); long x; };
shape::~shape() {}
struct square : shape { ~square(); long side; };
square::~square() {}
}
struct plain { long x; };
void *volatile last;
__attribute__((noinline)) static void lose_square() { last = new shapes::square; last = 0; }
__attribute__((noinline)) static void lose_plain() { last = new plain(); last = 0; }
int main() { lose_square(); lose_plain(); return 0; }
END
    run --separate-stderr "$leakcheck" -q ./shapes
    expect ' of class shapes::square'
    [ "$(grep -c ' of class ' <<<"$stderr")" -eq 1 ] || fail "not one"
    exits 0 under ./shapes
    [ "$(grep -c ' vtable=0x' "$log")" -eq 1 ]
}
