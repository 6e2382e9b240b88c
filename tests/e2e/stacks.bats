#!/usr/bin/env bats
# The stacks in the report, where it is hard to have them: the names that stand there are those of the program.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

# report_of COMMAND...: its report goes to $stderr, its log to $log.
report_of() {
    exits 0 "$leakcheck" --error-exitcode=0 --memory-map=no --show-leak-kinds=all --record="$log" "$@"
}

# The leaks, a line each: the bytes, and the functions, innermost first.
stacks() {
    awk '/ in loss record /{ printf "\n%s ", $2 } $2 == "at" || $2 == "by" { printf "%s ", $4 }' <<<"$stderr"
}

stack_of() {
    stacks | sed -n "s/^$1 //p"
}

# stack_is BYTES NAME...: those are the innermost, after the allocation function. stack_is_whole BYTES: it goes to main.
stack_is() {
    local got bytes=$1
    got=$(stack_of "$bytes")
    shift
    [[ $got == "malloc $* "* ]] || fail "the stack of $bytes bytes is $got"
}
stack_is_whole() {
    [[ $(stack_of "$1") == *' main '* ]] || fail "the stack of $1 bytes is $(stack_of "$1")"
    truncated 0
}

# truncated COUNT: so many stacks end because nobody knows how to go on.
truncated() {
    local got
    got=$(sum coverage truncated-stacks)
    [ "$got" -eq "$1" ] || fail "$got truncated stacks, not $1"
}

@test "a signal handler, on a stack of its own, and the instruction that was interrupted" {
    compile interrupted <<'END'
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
static sigjmp_buf back;
static void handle(int number) { malloc(111); siglongjmp(back, 1); }
void trap(void);
__asm__(".globl trap, the_instruction\n.type trap, @function\ntrap:\n.cfi_startproc\nthe_instruction: ud2\nret\n.cfi_endproc\n");
int main(void)
{
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    sigaltstack(&alternate, 0);
    sigaction(SIGILL, &action, 0);
    if (!sigsetjmp(back, 1))
        trap();
    return 0;
}
END
    report_of ./interrupted
    stack_is_whole 111
    [[ $(stack_of 111) == "malloc handle "*" trap main "* || $(stack_of 111) == "malloc handle "*" the_instruction main "* ]] ||
        fail "$(stack_of 111)"
    [ "$(grep -c '^frame .* exact=1' "$log")" -eq 1 ]
    address=$(sed -n 's/^frame .*address=\(0x[0-9a-f]*\) exact=1.*/\1/p' "$log")
    bias=$(sed -n "s,^module .*bias=\(0x[0-9a-f]*\).*path=$PWD/interrupted$,\1,p" "$log")
    symbol=0x$(nm interrupted | awk '$3 == "the_instruction" { print $1 }')
    [ $((address - bias)) -eq $((symbol)) ]
}

@test "coroutines that hop from the middle of their stacks" {
    compile coroutines <<'END'
#include <stdlib.h>
#include <ucontext.h>
static ucontext_t start, at[3];
static int running;
static void hop(int to) { int from = running; running = to; swapcontext(&at[from], &at[to]); }
void inner(int size, int to) { malloc(size); hop(to); malloc(size + 3); }
void first(void) { inner(201, 1); hop(1); }
void second(void) { inner(301, 2); hop(2); }
void third(void) { inner(401, 0); setcontext(&start); }
int main(void)
{
    void (*entry[3])(void) = {first, second, third};
    for (int i = 0; i < 3; i++) {
        getcontext(&at[i]);
        at[i].uc_stack = (stack_t){.ss_sp = malloc(65536), .ss_size = 65536};
        makecontext(&at[i], entry[i], 0);
    }
    swapcontext(&start, &at[0]);
    return 0;
}
END
    report_of ./coroutines
    stack_is 201 inner first
    stack_is 204 inner first
    stack_is 301 inner second
    stack_is 304 inner second
    stack_is 401 inner third
    stack_is 404 inner third
    truncated 0
}

@test "exceptions in flight: a destructor that the unwinding calls, and a handler" {
    compile_cxx exceptions <<'END'
#include <cstdlib>
struct held { ~held() { malloc(501); } };
void thrower(int n) { held h; if (n) throw n; }
void passer(int n) { held h; thrower(n); }
void catcher() { try { passer(1); } catch (int) { malloc(503); } malloc(505); }
int main() { catcher(); return 0; }
END
    report_of ./exceptions
    stack_is 503 'catcher()' main
    stack_is 505 'catcher()' main
    truncated 0
    # Each of the two destructors ran, under the function that it belongs to.
    stacks | grep -E '^501 malloc (held::)?~held(\(\))? thrower\(int\) passer\(int\) catcher\(\) main '
    stacks | grep -E '^501 malloc (held::)?~held(\(\))? passer\(int\) catcher\(\) main '
}

# The functions of the two have the same addresses (the loader maps where a file asks for it), and frames of other sizes.
@test "another module where one was closed" {
    for i in 1 2; do
        compile "module$i.so" -shared -fPIC -fomit-frame-pointer -Wl,-Ttext-segment=0x500000000000 <<END
#include <stdlib.h>
__attribute__((noinline)) int name${i}(int n) { volatile char pad[$((i * 4096 - 3000))]; pad[n] = 1; malloc(600 + $i + n); return pad[n]; }
__attribute__((section(".text.call"))) int call(int n) { volatile char pad[$((i * 4096 - 2000))]; pad[1] = 2; return name${i}(n) + pad[1]; }
END
    done
    compile reload <<'END'
#include <dlfcn.h>
static void *through(char *path, int n)
{
    void *module = dlopen(path, RTLD_NOW);
    int (*call)(int) = (int (*)(int))dlsym(module, "call");
    call(n);
    dlclose(module);
    return call;
}
int main(void)
{
    void *call[4];
    for (int i = 0; i < 4; i++)
        call[i] = through(i % 2 ? "./module2.so" : "./module1.so", i / 2 * 10);
    return call[0] == call[1] && call[1] == call[2] && call[2] == call[3] ? 0 : 9;
}
END
    report_of ./reload
    stack_is 601 name1 call through main
    stack_is 602 name2 call through main
    stack_is 611 name1 call through main
    stack_is 612 name2 call through main
    truncated 0
}

# generated BYTES...: a program that allocates from this code, called with malloc in %rsi.
generated() {
    compile generated <<END
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
int main(void)
{
    static const unsigned char code[] = {$1};
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(page, code, sizeof code);
    mprotect(page, 4096, PROT_READ | PROT_EXEC);
    ((void (*)(long, void *))page)(701, malloc);
    return 0;
}
END
}

@test "code that a program makes ends the stack, and is counted" {
    generated '0x48, 0x83, 0xec, 0x18, 0xff, 0xd6, 0x48, 0x83, 0xc4, 0x18, 0xc3'
    report_of ./generated
    [[ $(stack_of 701) != *main* ]] || fail "$(stack_of 701)"
    truncated 1
    grep -q '^frame .* outer=- .*cut=1' "$log"
}

@test "code that a program makes, with a frame pointer, is passed" {
    generated '0x55, 0x48, 0x89, 0xe5, 0xff, 0xd6, 0x5d, 0xc3'
    report_of ./generated
    stack_is_whole 701
}

@test "code without unwind tables is passed by its frame pointer, or ends the stack" {
    cat >untold.c <<'END'
#include <stdlib.h>
int inner(int n) { volatile char pad[64]; pad[1] = n; malloc(n); return pad[1]; }
int outer(int n) { volatile char pad[32]; pad[2] = n; return inner(n) + pad[2]; }
END
    gcc -O1 -c -w -fno-builtin -fno-asynchronous-unwind-tables -fno-omit-frame-pointer untold.c -o with.o
    gcc -O1 -c -w -fno-builtin -fno-asynchronous-unwind-tables -fomit-frame-pointer untold.c -o without.o
    for how in with without; do
        compile "$how" "$how.o" <<<'int outer(int); int main(void) { return outer(64) == 0; }'
    done
    report_of ./with
    stack_is_whole 64
    stack_is 64 inner outer main
    report_of ./without
    stack_is 64 inner
    [[ $(stack_of 64) != *main* ]] || fail "$(stack_of 64)"
    truncated 1
}

@test "realigned frames, frames of a variable size, and a main of both" {
    compile realigned -mavx2 -mstackrealign <<'END'
#include <alloca.h>
#include <stdlib.h>
#include <string.h>
typedef float vector __attribute__((vector_size(32)));
void use(void *a, void *b) { malloc(801); __asm__ volatile("" : : "r"(a), "r"(b) : "memory"); }
void variable(int n) { volatile vector v = {1}; char *a = alloca(n); memset(a, 1, n); use(a, (void *)&v); __asm__ volatile(""); }
int main(int argc, char **argv) { volatile vector v = {2}; char a[argc * 33]; variable(argc * 1000); use(a, (void *)&v); return 0; }
END
    report_of ./realigned
    truncated 0
    stacks | grep -E '^801 malloc use variable main '
    stacks | grep -E '^801 malloc use main '
}

@test "ten thousand frames are cut at the limit, which is no loss" {
    compile deep <<'END'
#include <stdlib.h>
int descend(int n) { int r = n ? descend(n - 1) : (malloc(901), 0); __asm__ volatile(""); return r + 1; }
int main(void) { return descend(10000) == 0; }
END
    report_of --num-callers=30 ./deep
    [ "$(stack_of 901 | wc -w)" -eq 30 ]
    [ "$(grep -c '^frame .*cut=1' "$log")" -eq 1 ]
    truncated 0
}
