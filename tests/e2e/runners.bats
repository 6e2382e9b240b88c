#!/usr/bin/env bats
# Test runners as people have them, by the snippets of tools/ci/README.md: a suite that leaks, and its twin that does not.
load common
load snippet

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    export PATH=$build/tools:$PATH
    unset MESON_TESTTHREADS
    # "PROGRAM leaks": it does, and still says that all is well
    cat >case.c <<'END'
#include <stdlib.h>
static int check(void) { return *(volatile char *)LEAK = 1; }
int main(void) { return check() != 1; }
END
    sed 's/LEAK/calloc(7, 11)/' case.c >leaks.c
    sed 's/LEAK/((char[1]){0})/' case.c >sound.c
}

# needs COMMAND...: or the test is skipped.
needs() {
    for command; do
        command -v "$command" >/dev/null || skip "no $command here"
    done
}

# run_snippet STATUS HEADING N: it ends so. Its output, both, is in $output.
run_snippet() {
    local text
    text=$(snippet "$2" "$3")
    [ -n "$text" ] || fail "no snippet: $2 $3"
    run "-$1" bash -ec "$text" || fail "exit status $status, not $1: $text"
}

has() {
    [[ $output == *"$1"* ]] || fail "not in the output: $1"
}

meson_project() {
    needs meson
    cat >meson.build <<'END'
project('suite', 'c', default_options: 'debug=true')
foreach name : ['leaks', 'sound']
  test(name, executable(name, name + '.c'))
endforeach
END
    "$@"
    meson setup build >log || fail "$(cat log)"
}

@test "meson test --wrapper" {
    meson_project true
    meson test -C build
    run_snippet 1 meson 1
    has 'leaks FAIL'
    has 'exit status 9'
    has 'sound OK'
    grep -q '77 bytes in 1 blocks are definitely lost' build/meson-logs/testlog-leakcheck.txt
}

@test "meson's test setup" {
    add_setup() { snippet meson 2 >>meson.build; }
    meson_project add_setup
    meson test -C build
    run_snippet 1 meson 3
    has 'leaks FAIL'
    has 'sound OK'
    grep -q 'check (' build/meson-logs/testlog-leakcheck.txt
}

cmake_project() {
    needs cmake ctest
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(suite C)
include(CTest)
set(CMAKE_BUILD_TYPE Debug)
foreach(name leaks sound)
  add_executable(${name} ${name}.c)
  add_test(NAME ${name} COMMAND ${name})
endforeach()
END
}

@test "ctest -T memcheck, up to DynamicAnalysis.xml" {
    cmake_project
    run_snippet 16 'CTest, as memory checker' 1
    has 'Memory Leak - 1'
    file=$(echo build/Testing/*/DynamicAnalysis.xml)
    [ "$(xmllint --xpath 'string(//DynamicAnalysis/@Checker)' "$file")" = Valgrind ]
    [ "$(xmllint --xpath 'string(//Test[Name="leaks"]/Results/Defect/@type)' "$file")" = 'Memory Leak' ]
    [ "$(xmllint --xpath 'count(//Test[Name="sound"]/Results/Defect)' "$file")" -eq 0 ]
    xmllint --xpath 'string(//Test[Name="leaks"]/Log)' "$file" |
        python3 -c 'import base64, sys, zlib; print(zlib.decompress(base64.b64decode(sys.stdin.read())).decode())' | grep -q 'check (leaks.c:2)'
    # by its own options, too
    cmake -S . -B build -DMEMORYCHECK_COMMAND_OPTIONS= >/dev/null
    run -16 ctest --test-dir build -T memcheck
    has 'Memory Leak - 1'
}

@test "CMAKE_CROSSCOMPILING_EMULATOR" {
    cmake_project
    run_snippet 8 'CTest, as emulator' 1
    has '1 - leaks (Failed)'
    has '50% tests passed, 1 tests failed out of 2'
    has '77 bytes in 1 blocks are definitely lost'
}

@test "automake: LOG_COMPILER and TESTS_ENVIRONMENT" {
    needs autoreconf automake
    cat >configure.ac <<END
AC_INIT([suite], [1])
AM_INIT_AUTOMAKE([foreign])
AC_PROG_CC
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END
    printf 'check_PROGRAMS = leaks sound\nTESTS = leaks sound\n' >Makefile.am
    { autoreconf -i && ./configure && make check; } >log 2>&1 || fail "$(cat log)"
    run_snippet 2 automake 1
    has 'FAIL: leaks'
    has 'PASS: sound'
    grep -q '77 bytes in 1 blocks are definitely lost' leaks.log
    echo 'AUTOMAKE_OPTIONS = serial-tests' >>Makefile.am
    make Makefile >log 2>&1 || fail "$(cat log)"
    run_snippet 2 automake 2
    has 'FAIL: leaks'
    has 'PASS: sound'
    has '77 bytes in 1 blocks are definitely lost'
}

@test "make check: one report, with the test that leaks" {
    needs make
    printf 'check: leaks sound\n\t./sound\n\t./leaks\n' >Makefile
    CFLAGS=-g make -s check
    run_snippet 9 make 1
    has '77 bytes in 1 blocks are definitely lost'
    [ "$(grep -c 'loss record' <<<"$output")" -eq 1 ] || fail
    cp sound leaks
    run_snippet 0 make 1
}

@test "cargo's runner" {
    PATH=$PATH:$HOME/.cargo/bin
    needs cargo
    mkdir src
    printf '[package]\nname = "suite"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
    cat >src/lib.rs <<'END'
#[cfg(test)]
mod tests {
    #[test]
    fn forgets() {
        let kept = vec![1u8; 4321];
        if std::env::var_os("KEEP").is_none() {
            std::mem::forget(std::hint::black_box(kept));
        }
    }
}
END
    export CARGO_TARGET_DIR=$PWD/target CARGO_NET_OFFLINE=true
    cargo test --quiet
    run bash -c "$(snippet cargo 1)"
    [ "$status" -ne 0 ] || fail
    has '1 passed'
    has '4,321 bytes in 1 blocks are definitely lost'
    has 'lib.rs:5'
    KEEP=1 run_snippet 0 cargo 1
}

@test "pytest, with an extension that leaks" {
    /usr/bin/python3 -c 'import pytest' 2>/dev/null || skip 'no pytest here'
    echo 'void *make(void);
#include <stdlib.h>
void *make(void) { return malloc(77); }' >extension.c
    gcc -g -shared -fPIC -o extension.so "$PWD/extension.c"
    cat >test_it.py <<'END'
import ctypes, os
def test_make():
    library = ctypes.CDLL(os.path.abspath("extension.so"))
    if not os.environ.get("KEEP"):
        library.make()
END
    run_snippet 9 pytest 1
    has '1 passed'
    has '77 bytes in 1 blocks are definitely lost'
    has 'make (extension.c:3)'
    KEEP=1 run_snippet 0 pytest 1
}

@test "a leak of a program that a test starts is told with the test" {
    /usr/bin/python3 -c 'import pytest' 2>/dev/null || skip 'no pytest here'
    gcc -g -o leaks leaks.c
    gcc -g -o sound sound.c
    printf 'import os, subprocess\n' >test_it.py
    for name in leaks sound; do
        printf 'def test_%s():\n    subprocess.run(["./%s"], check=False)\n' "$name" "$name"
    done >>test_it.py
    cat >>test_it.py <<'END'
def test_fork():
    if os.fork() == 0:
        os.execv("./leaks", ["./leaks"])
    os.wait()
END
    run_snippet 9 pytest 1
    has 'processes: leaks; of tests: test_it.py::test_leaks (call), test_it.py::test_fork (call)'
    LEAKCHECK_TEST='mine' run -23 leakcheck --output=json:one.json ./leaks
    has 'Test: mine'
    [ "$(jq -r '.processes[0].test' one.json)" = mine ]
}

@test "Criterion: what its workers leak counts" {
    cat >suite.c <<'END'
#include <criterion/criterion.h>
#include <stdlib.h>
static void *make(int size) { return malloc(size); }
Test(suite, leaks) { if (!getenv("KEEP")) *(volatile char *)make(77) = 1; }
Test(suite, more) { if (!getenv("KEEP")) *(volatile char *)make(23) = 1; }
Test(suite, clean) { free(make(5)); }
END
    gcc -g -O0 -o suite suite.c -lcriterion || skip 'no Criterion here'
    ./suite
    run_snippet 9 Criterion 1
    has '77 bytes in 1 blocks are definitely lost'
    has '23 bytes in 1 blocks are definitely lost'
    has '100 bytes definitely lost'
    has '2 own'
    KEEP=1 run_snippet 0 Criterion 1
}

@test "GoogleTest" {
    cat >suite.cc <<'END'
#include <cstdlib>
#include <gtest/gtest.h>
static void *make(int size) { return malloc(size); }
TEST(suite, leaks) { if (!getenv("KEEP")) *(volatile char *)make(77) = 1; }
static void die() { if (!getenv("KEEP")) *(volatile char *)make(55) = 1; exit(3); }
TEST(suite, dies) { EXPECT_EXIT(die(), testing::ExitedWithCode(3), ""); }
int main(int argc, char **argv) { testing::InitGoogleTest(&argc, argv); return RUN_ALL_TESTS(); }
END
    g++ -g -O0 -o suite suite.cc -lgtest -lpthread 2>log || { grep -q 'gtest/gtest.h' log && skip 'no GoogleTest here'; fail "$(cat log)"; }
    run_snippet 9 GoogleTest 1
    has '77 bytes in 1 blocks are definitely lost'
    has '55 bytes in 1 blocks are definitely lost'
    KEEP=1 run_snippet 0 GoogleTest 1
}

@test "bats" {
    mkdir tests
    gcc -g -o leaks leaks.c
    gcc -g -o sound sound.c
    printf '@test "it works" {\n    ./leaks\n}\n' >tests/one.bats
    run_snippet 9 bats 1
    has 'ok 1 it works'
    has 'processes: leaks; of tests: test_it_works'
    has '77 bytes in 1 blocks are definitely lost'
    sed -i s/leaks/sound/ tests/one.bats
    run_snippet 0 bats 1
}
