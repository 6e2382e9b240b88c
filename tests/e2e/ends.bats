#!/usr/bin/env bats
# Ends that once lost the report, or that the report once changed.

load common

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

@test "abort and a failed assert are reported, and end as they would" {
    compile aborts <<<'#include <assert.h>
#include <stdlib.h>
int main(int argc, char **argv) { void *volatile p = malloc(77); if (argc > 1) abort(); assert(!p); }'
    exits 134 under ./aborts now
    leaked 77 1
    log_is_whole
    exits 134 under ./aborts
    [ "$(sum leak blocks)" -ge 1 ] && grep -q 'end=signal value=6' "$log"
    expect 'Assertion `!p'
}

@test "a double free that libc does not notice does not keep a later SIGABRT from ending the program" {
    compile twice <<<'#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
int main(void)
{
    void *kept[7];
    for (int i = 0; i < 7; i++) kept[i] = malloc(24);
    void *a = malloc(24), *b = malloc(24);
    for (int i = 0; i < 7; i++) free(kept[i]);
    free(a), free(b), free(a);
    raise(SIGABRT);
    return write(1, "survived", 8);
}'
    exits 134 under ./twice
    [ -z "$output" ]
    grep -q '^error kind=double-free' "$log"
}

@test "two threads that end the process at once: one whole report" {
    compile both <<<'#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static void *end(void *wait) { usleep(*(int *)wait); _exit(0); }
int main(int argc, char **argv)
{
    int wait = atoi(argv[1]);
    pthread_t thread;
    void *volatile p = malloc(77);
    pthread_create(&thread, NULL, end, &wait);
    usleep(20000);
    return 0;
}'
    for wait in 19000 20000 20100 20300 20600; do
        exits 0 under ./both "$wait"
        log_is_whole
        [ "$(grep -c '^leakcheck-log' "$log")" -eq 1 ]
    done
}

@test "a signal that comes during the report does not change how the program ended" {
    compile late <<<'#include <stdlib.h>
#include <unistd.h>
int main(void) { void *volatile p = malloc(5); ualarm(15000, 0); return 0; }'
    for _ in 1 2 3; do
        exits 0 "$leakcheck" -q --error-exitcode=0 ./late
        expect '5 bytes in 1 blocks'
    done
}

@test "a constructor that waits for a thread which uses operator new, in a C program" {
    compile_cxx libwaits.so -shared -fPIC <<<'#include <pthread.h>
static void *use(void *p) { delete new int(3); return p; }
__attribute__((constructor)) static void wait_for_it() { pthread_t t; pthread_create(&t, 0, use, 0); pthread_join(t, 0); }'
    compile host -ldl <<<'#include <dlfcn.h>
int main(void) { return !dlopen("./libwaits.so", RTLD_NOW); }'
    exits 0 timeout 20 "$leakcheck" -q --error-exitcode=0 ./host
}

@test "a pending dlerror() is the program's own" {
    compile_cxx asks -ldl <<<'#include <dlfcn.h>
#include <cstdio>
#include <string>
int main()
{
    if (dlerror()) return 1;
    dlopen("/nonexistent.so", RTLD_NOW);
    std::string s = std::string("a string that is too long for its object: ") + dlerror();
    return std::puts(s.c_str()) < 0;
}'
    exits 0 under ./asks
    [[ $output == *'/nonexistent.so: cannot open shared object file'* ]]
}

@test "a longjmp out of a new_handler hides nothing" {
    compile_cxx jumps <<<'#include <csetjmp>
#include <cstdlib>
#include <new>
static std::jmp_buf out;
static void *volatile kept;
static void outer(volatile std::size_t huge) { if (!setjmp(out)) operator new(huge); }
int main()
{
    std::set_new_handler([] { std::longjmp(out, 1); });
    outer((std::size_t)1 << 62);
    for (int i = 0; i < 20; i++) kept = std::malloc(100);
}'
    exits 0 under ./jumps
    leaked 2000 20 malloc
}

@test "an end on a signal stack of 6 KiB" {
    compile small -Wl,-z,now <<<'#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
static void end(int signal) { _exit(3); }
int main(void)
{
    char *pages = mmap(0, 4096 + 6144, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages, 4096, PROT_NONE);
    stack_t stack = {.ss_sp = pages + 4096, .ss_size = 6144};
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_ONSTACK};
    void *volatile p = malloc(5);
    sigaltstack(&stack, NULL), sigaction(SIGUSR1, &action, NULL);
    return raise(SIGUSR1);
}'
    exits 3 under ./small
    leaked 5 1
}
