#!/usr/bin/env bats
# What a program can ask of the library, by its own names and by LeakSanitizer's.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    include=-I$BATS_TEST_DIRNAME/../../include
}

@test "without the library every call does nothing" {
    compile calls "$include" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include "leakcheck/leakcheck.h"
int main(void)
{
    struct leakcheck_leaks leaks;
    leakcheck_disable();
    leakcheck_ignore(malloc(10));
    leakcheck_enable();
    leakcheck_register_root(&leaks, sizeof leaks);
    leakcheck_unregister_root(&leaks, sizeof leaks);
    printf("%d %d %lu\n", leakcheck_check(), leakcheck_count(&leaks), leaks.definite_blocks);
    return 0;
}
END
    exits 0 ./calls
    [ "$output" = "0 0 0" ]
}

@test "a block, or all of a scope, is ignored with what it holds; the twin is not" {
    program='
#include <stdlib.h>
#include "leakcheck/leakcheck.h"
static void *volatile *make(size_t size) { return calloc(1, size); }
int main(void)
{
#ifndef CONTROL
    leakcheck_disable();
#endif
    *make(100) = (void *)make(20);
#ifndef CONTROL
    leakcheck_enable();
#endif
    void *volatile *block = make(300);
    *block = (void *)make(40);
#ifndef CONTROL
    leakcheck_ignore((void *)block);
#endif
    block = 0;
    return 0;
}'
    compile ignores "$include" <<<"$program"
    exits 0 under ./ignores
    [ "$(sum leak blocks kind=definite)" = 0 ]
    compile control "$include" -DCONTROL <<<"$program"
    exits 0 under ./control
    [ "$(sum leak blocks kind=definite)" = 2 ]
}

@test "an ignored block that is freed leaves nothing behind" {
    compile frees "$include" <<'END'
#include <stdlib.h>
#include "leakcheck/leakcheck.h"
int main(void)
{
    void *p = malloc(100);
    leakcheck_ignore(p);
    free(p);
    leakcheck_disable();
    p = malloc(100);
    leakcheck_enable();
    free(p);
    malloc(100);
    return 0;
}
END
    exits 0 under ./frees
    leaked 100 1
    ! grep -q '^error' "$log"
}

@test "a registered root holds until it is unregistered, and not with use-root-regions=no" {
    compile roots "$include" <<'END'
#include <stdlib.h>
#include <sys/mman.h>
#include "leakcheck/leakcheck.h"
int main(int count, char **arguments)
{
    static volatile size_t hidden;
    void *volatile *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    hidden = ~(size_t)p;
    leakcheck_register_root((void *)p, 4096);
    p[10] = malloc(1234);
    if (count > 1)
        leakcheck_unregister_root((void *)~hidden, 4096);
    return 0;
}
END
    exits 0 under ./roots
    [ "$(sum leak bytes kind=reachable)" = 1234 ]
    options=use-root-regions=no exits 0 under ./roots
    [ "$(sum leak bytes kind=indirect)" = 1234 ]
    exits 0 under ./roots unregister
    [ "$(sum leak bytes kind=indirect)" = 1234 ]
}

@test "leaks are counted so far, and reported so far" {
    compile counts "$include" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include "leakcheck/leakcheck.h"
static void *volatile *make(size_t size) { return calloc(1, size); }
void *volatile kept, *volatile inside;
__attribute__((noinline)) static void lose(void) { *make(100) = (void *)make(20); }
int main(void)
{
    struct leakcheck_leaks l;
    setvbuf(stdout, 0, _IONBF, 0);
    printf("%d\n", leakcheck_check());
    lose();
    kept = (void *)make(300);
    inside = (void *)(make(40) + 3);
    printf("%d:", leakcheck_count(&l));
    printf(" %lu/%lu", l.definite_bytes, l.definite_blocks);
    printf(" %lu/%lu", l.indirect_bytes, l.indirect_blocks);
    printf(" %lu/%lu", l.possible_bytes, l.possible_blocks);
    printf(" %lu/%lu\n", l.reachable_bytes, l.reachable_blocks);
    printf("%d\n", leakcheck_check());
    return 0;
}
END
    exits 23 "$leakcheck" --memory-map=no ./counts
    [ "${lines[0]}" = 0 ]
    [ "${lines[1]}" = "1: 100/1 20/1 40/1 300/1" ]
    [ "${lines[2]}" = 1 ]
    expect 'The process is still running'
    [ "$(grep -c 'LEAK SUMMARY' <<<"$stderr")" -eq 2 ]
}

@test "LeakSanitizer's names do the same" {
    compile lsan <<'END'
#include <stdio.h>
#include <stdlib.h>
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));
void __lsan_ignore_object(const void *) __attribute__((weak));
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));
int main(void)
{
    __lsan_disable();
    malloc(1);
    __lsan_enable();
    __lsan_ignore_object(malloc(2));
    printf("%d", __lsan_do_recoverable_leak_check());
    malloc(3);
    printf("%d\n", __lsan_do_recoverable_leak_check());
    return 0;
}
END
    exits 0 under ./lsan
    [ "$output" = 01 ]
    compile turned_off -rdynamic <<'END'
#include <stdlib.h>
int __lsan_is_turned_off(void) { return 1; }
int main(void) { malloc(3); return 0; }
END
    exits 0 "$leakcheck" ./turned_off
    [ -z "$stderr" ]
}

@test "a leak check that is final ends the process, if there is something to fail for" {
    compile final <<'END'
#include <stdlib.h>
#include <unistd.h>
void __lsan_do_leak_check(void) __attribute__((weak));
int main(int count, char **arguments)
{
    if (count > 1)
        malloc(10);
    __lsan_do_leak_check();
    malloc(20); /* after it nobody looks */
    write(1, "on", 2);
    return 0;
}
END
    exits 0 "$leakcheck" ./final
    [ "$output" = on ]
    exits 23 "$leakcheck" ./final leaks
    [ -z "$output" ]
    expect '10 bytes in 1 blocks are definitely lost'
}

# Leaks of two functions, one of which the program's own suppressions name.
hooks='
#include <stdlib.h>
__attribute__((noinline)) static void known(void) { malloc(100); __asm__ volatile(""); }
__attribute__((noinline)) static void other(void) { malloc(20); __asm__ volatile(""); }
const char *__lsan_default_suppressions(void) { return SUPPRESSIONS; }
int main(void) { known(); other(); return 0; }'

hooks_cxx=${hooks/'const char *__lsan'/'extern "C" const char *__lsan'}

@test "__lsan_default_suppressions are asked, exported or not; another's leak stays" {
    compile named '-DSUPPRESSIONS="# ours\nleak:^known$\n"' <<<"$hooks"
    compile exported -rdynamic '-DSUPPRESSIONS="leak:kno*n"' <<<"$hooks"
    compile none '-DSUPPRESSIONS="leak:nobody"' <<<"$hooks"
    local program
    for program in named exported; do
        exits 0 under "./$program"
        [ "$(sum leak bytes kind=suppressed) $(sum leak bytes kind=definite)" = "100 20" ] || fail "$(grep '^leak' "$log")"
        exits 0 "$leakcheck" --error-exitcode=0 "./$program"
        expect '   definitely lost: 20 bytes in 1 blocks'
        expect '        suppressed: 100 bytes in 1 blocks'
        expect 'ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 1 from 1)'
        expect_not 'known ('
    done
    exits 0 under ./none
    [ "$(sum leak bytes kind=suppressed) $(sum leak bytes kind=definite)" = "0 120" ]
}

@test "leaks that only the report has the names for, files and demangled ones, are no failure either" {
    compile file '-DSUPPRESSIONS="leak:<stdin>"' <<<"$hooks"
    exits 0 "$leakcheck" ./file
    expect '        suppressed: 120 bytes in 2 blocks'
    exits 0 "$leakcheck" -q --log-file=report ./file
    [ ! -s report ] || fail 'not quiet'
    exits 23 "$leakcheck" --symbolizer=no ./file
    expect '   definitely lost: 120 bytes in 2 blocks'
    compile_cxx both '-DSUPPRESSIONS="leak:^known()$\nleak:^other()$"' <<<"$hooks_cxx"
    compile_cxx one '-DSUPPRESSIONS="leak:^known()$"' <<<"$hooks_cxx"
    exits 0 "$leakcheck" ./both
    exits 23 "$leakcheck" ./one
    expect '   definitely lost: 20 bytes in 1 blocks'
    exits 0 "$leakcheck" --errors-for-leak-kinds=possible ./one
}

@test "the library knows modules for suppressions itself; all suppressed is no failure" {
    compile module '-DSUPPRESSIONS="leak:/module"' <<<"$hooks"
    exits 0 "$leakcheck" ./module
    expect '        suppressed: 120 bytes in 2 blocks'
    exits 0 "$leakcheck" -q ./module
    [ -z "$stderr" ] || fail "not quiet"
    exits 0 "$leakcheck" --symbolizer=no ./module
    expect '        suppressed: 120 bytes in 2 blocks'
}

# Figures of LeakSanitizer, which makes what suppressed blocks lead to no leak; valgrind would call it indirectly lost.
@test "what suppressed blocks lead to is suppressed; counts and checks leave both out" {
    compile held "$include" '-DSUPPRESSIONS="leak:^known$"' <<<'
#include "leakcheck/leakcheck.h"
#include <stdio.h>
#include <stdlib.h>
#define MAKER(name, size) \
    __attribute__((noinline)) static void **name(void) { void **p = calloc(1, size); __asm__ volatile("" : "+r"(p)); return p; }
MAKER(known, 64) MAKER(other, 32) MAKER(child, 16) MAKER(both, 8)
const char *__lsan_default_suppressions(void) { return SUPPRESSIONS; }
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));
void *held;
__attribute__((noinline)) static void make(int is_all)
{
    void **k = known();
    k[0] = child();
    if (!is_all)
        return;
    void **o = other(), **c = child();
    o[0] = child();
    k[1] = o[1] = both();
    c[0] = known();
    ((void **)c[0])[0] = other();
    held = known();
}
__attribute__((noinline)) static void scrub(void)
{
    char below[65536];
    for (int i = 0; i < 65536; i++)
        ((volatile char *)below)[i] = 0;
}
static void count(void)
{
    struct leakcheck_leaks l = {0};
    leakcheck_count(&l);
    printf("%lu/%lu %lu/%lu %lu/%lu\n", l.definite_bytes, l.definite_blocks, l.indirect_bytes, l.indirect_blocks,
           l.reachable_bytes, l.reachable_blocks);
}
int main(void)
{
    setbuf(stdout, NULL);
    make(0);
    scrub();
    printf("%d ", __lsan_do_recoverable_leak_check());
    count();
    make(1);
    scrub();
    count();
    return 0;
}'
    exits 0 under ./held
    [ "$output" = $'0 0/0 0/0 0/0\n48/2 16/1 64/1' ] || fail "$output"
    [ "$(sum leak bytes kind=definite) $(sum leak bytes kind=indirect) $(sum leak bytes kind=suppressed)" = "48 16 328" ] ||
        fail "$(grep '^leak' "$log")"
}

@test "__lsan_default_options are asked; LEAKCHECK_OPTIONS come after them" {
    compile options <<'END'
#include <stdlib.h>
void *kept;
const char *__lsan_default_options(void) { return "use_globals=0:exitcode=7 unknown=1,report_objects=true"; }
int main(void) { kept = malloc(100); return 0; }
END
    exits 7 under ./options
    [ "$(sum leak bytes kind=definite)" = 100 ]
    grep -q '^blocks count=' "$log"
    options=use-globals=yes:error-exitcode=9 exits 0 under ./options
    [ "$(sum leak bytes kind=definite)" = 0 ]
    compile off <<'END'
#include <stdlib.h>
const char *__lsan_default_options(void) { return "detect_leaks=0"; }
int main(void) { malloc(100); return 0; }
END
    exits 0 "$leakcheck" ./off
    expect_not 'definitely lost'
}
