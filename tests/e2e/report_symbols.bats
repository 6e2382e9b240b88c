#!/usr/bin/env bats
# Names, files, lines and inlined functions, from what each compiler writes and from what is left of it.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    cat >leaky.c <<'END'
#include <stdlib.h>

static inline __attribute__((always_inline)) void *innermost(size_t n)
{
    return malloc(n);
}

static inline __attribute__((always_inline)) void *middle(size_t n)
{
    return innermost(n + 1);
}

__attribute__((noinline)) void *outer(size_t n)
{
    void *volatile p = middle(n);
    return p;
}

int main(void)
{
    outer(9);
    return 0;
}
END
}

# records PROGRAM: its log in $log.
records() {
    exits 0 under "$@"
}

# stack: the functions and places of the report's stacks, without addresses, one line each.
stack() {
    "$report" -q "$@" "$log" 2>stderr | sed -n 's/^==[0-9]*==    [atby]* 0x[0-9A-F]*: //p'
}

# The inlined functions of leaky.c are there, as valgrind shows them: by their plain names.
is_whole() {
    local got
    got=$(stack | tail -n +2)
    [ "$got" = 'innermost (leaky.c:5)
middle (leaky.c:10)
outer (leaky.c:15)
main (leaky.c:21)' ] || fail "$got"
}

@test "gcc and clang, DWARF 4 and 5, -O0 to -O2: inlined functions with their lines" {
    local cc level dwarf
    for cc in gcc clang; do
        for level in -O0 -O1 -O2; do
            for dwarf in -gdwarf-4 -gdwarf-5; do
                echo "$cc $level $dwarf"
                "$cc" "$level" "$dwarf" -o leaky leaky.c
                records ./leaky
                is_whole
            done
        done
    done
}

@test "compressed, with type units, with lines only, without dead code" {
    local how
    for how in 'gcc -O2 -g -gz' 'gcc -O2 -g -fdebug-types-section' 'gcc -O2 -g1' 'clang -O2 -gline-tables-only' \
        'gcc -O2 -g -ffunction-sections -Wl,--gc-sections'; do
        echo "$how"
        $how -o leaky leaky.c
        records ./leaky
        is_whole
    done
}

@test "split DWARF" {
    gcc -O1 -g -gsplit-dwarf -o leaky leaky.c
    records ./leaky
    is_whole
    clang -O1 -g -gsplit-dwarf -c leaky.c
    clang -o leaky leaky.o
    records ./leaky
    is_whole
}

@test "C++: demangled; a lambda, a template, a constructor" {
    cat >leaky.cc <<'END'
#include <cstddef>
namespace space {
template <typename T> struct Box {
    T *p;
    __attribute__((noinline)) explicit Box(std::size_t n) : p(new T[n]) {}
};
}
static int *sink;
int main()
{
    auto lambda = [](std::size_t n) __attribute__((noinline)) { return space::Box<int>(n).p; };
    sink = lambda(5);
    sink = nullptr;
}
END
    local cc
    for cc in g++ clang++; do
        "$cc" -O1 -g -o leaky leaky.cc
        records ./leaky
        stack >got
        grep -qFx 'space::Box<int>::Box(unsigned long) (leaky.cc:5)' got || fail "$(cat got)"
        grep -q 'operator()(unsigned long) const (leaky.cc:11)$' got || fail "$(cat got)"
        grep -qFx 'main (leaky.cc:12)' got || fail "$(cat got)"
    done
}

@test "Rust: demangled, with inlined functions" {
    command -v rustc >/dev/null || skip 'no rustc here'
    cat >leaky.rs <<'END'
#[inline(never)]
fn leak_it(n: usize) -> &'static mut [u64] {
    Box::leak(vec![7u64; n].into_boxed_slice())
}
fn main() {
    std::hint::black_box(leak_it(std::hint::black_box(5)));
}
END
    rustc -O -g -o leaky leaky.rs 2>rustc.out || skip "rustc does not run here: $(head -n 1 rustc.out)"
    records ./leaky
    stack >got
    grep -q '^leaky::leak_it (leaky.rs:3)$' got || fail "$(cat got)"
    grep -q '^leaky::main (leaky.rs:6)$' got || fail "$(cat got)"
    sed '/leaky::leak_it/q' got >inlined
    [ "$(wc -l <inlined)" -gt 2 ] || fail "$(cat got)"
}

@test "stripped: dynamic symbols, then module and offset" {
    gcc -O1 -g -rdynamic -o leaky leaky.c
    strip leaky
    records ./leaky
    stack >got
    grep -q '^outer (in .*/leaky)$' got || fail "$(cat got)"
    gcc -O1 -g -o leaky leaky.c
    strip leaky
    records ./leaky
    stack >got
    grep -q '^leaky+0x[0-9a-f]* (in .*/leaky)$' got || fail "$(cat got)"
}

@test "without -g: names from .symtab" {
    gcc -O1 -o leaky leaky.c
    records ./leaky
    stack >got
    grep -q '^outer (in .*/leaky)$' got || fail "$(cat got)"
}

@test "a separate debug file, by .gnu_debuglink" {
    gcc -O1 -g -Wl,--build-id=none -o leaky leaky.c
    objcopy --only-keep-debug leaky leaky.debug
    strip leaky
    objcopy --add-gnu-debuglink=leaky.debug leaky
    records ./leaky
    is_whole
    mkdir .debug
    mv leaky.debug .debug/
    is_whole
    rm .debug/leaky.debug
    stack >got
    grep -q '^leaky+0x' got || fail "$(cat got)"
}

# Moves leaky's debug information to debug/, as distributions do.
split_by_build_id() {
    local id
    id=$(readelf -n leaky | sed -n 's/.*Build ID: //p')
    mkdir -p "debug/.build-id/${id:0:2}"
    objcopy --only-keep-debug leaky "debug/.build-id/${id:0:2}/${id:2}.debug"
    strip leaky
}

@test "a separate debug file, by build-id" {
    gcc -O1 -g -Wl,--build-id -o leaky leaky.c
    split_by_build_id
    records ./leaky
    stack >got
    grep -q '^leaky+0x' got || fail "$(cat got)"
    stack --extra-debuginfo-path="$PWD/debug" | grep -qFx 'innermost (leaky.c:5)'
}

@test "the program is gone, its debug file is there" {
    gcc -O1 -g -Wl,--build-id -o leaky leaky.c
    split_by_build_id
    records ./leaky
    rm leaky
    stack --extra-debuginfo-path="$PWD/debug" | grep -qFx 'innermost (leaky.c:5)'
}

@test "a program that was built anew is not believed" {
    gcc -O1 -g -Wl,--build-id -o leaky leaky.c
    records ./leaky
    { echo '/* a line more */'; cat leaky.c; } >other.c
    gcc -O1 -g -Wl,--build-id -o leaky other.c
    stack >got
    grep -q '^leaky+0x' got || fail "$(cat got)"
    [ "$(wc -l <stderr)" -eq 1 ]
    grep -q 'not the file that ran' stderr
}

@test "a module that was dlclosed" {
    cat >plugin.c <<'END'
#include <stdlib.h>
void *plug(void)
{
    return malloc(77);
}
END
    gcc -O0 -g -shared -fPIC -o plugin.so plugin.c
    compile host -ldl <<'END'
#include <dlfcn.h>
int main(int argc, char **argv)
{
    void *h = dlopen(argv[1], RTLD_NOW);
    void *(*plug)(void) = (void *(*)(void))dlsym(h, "plug");
    plug();
    return dlclose(h);
}
END
    records ./host "$PWD/plugin.so"
    stack >got
    grep -qFx 'plug (plugin.c:4)' got || fail "$(cat got)"
}

@test "--fullpath: files with their directories" {
    gcc -O1 -g -o leaky leaky.c
    records ./leaky
    stack --fullpath | grep -qFx "outer ($PWD/leaky.c:15)"
}

@test "a program of more units than are kept in memory: each function has its name, its line and its caller's" {
    local i cc
    for i in $(seq 100 140); do
        printf '#include <stdlib.h>\nstatic inline __attribute__((always_inline)) void *in_%d(void)\n{\n    { { return malloc(%d); } }\n}\n__attribute__((noinline)) void *f_%d(void)\n{\n    void *volatile p = in_%d();\n    return p;\n}\n' \
            "$i" "$i" "$i" "$i" >"u$i.c"
        echo "void *f_$i(void);"
    done >all.h
    { echo '#include "all.h"' && echo 'int main(void) {' && seq -f 'f_%g();' 100 140 && echo 'return 0; }'; } >main.c
    for cc in gcc clang; do
        "$cc" -O2 -g -o many main.c u*.c
        records ./many
        stack --show-leak-kinds=all >names
        for i in $(seq 100 140); do
            grep -A 1 "^in_$i (u$i.c:4)\$" names | grep -qx "f_$i (u$i.c:8)" || fail "$cc: f_$i"
        done
    done
}
