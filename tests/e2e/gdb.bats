#!/usr/bin/env bats
# gdb's commands, loaded with the library, in a live program and in a core file.
load common

setup_file() {
    command -v gdb >/dev/null || skip "no gdb here"
    cd "$BATS_FILE_TMPDIR" || exit
    cp "$library" .
    cp "$BATS_TEST_DIRNAME/../../tools/gdb/libleakcheck.so-gdb.py" .
    cat >program.c <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *next; char pad[40]; };
struct node *global;
static __attribute__((noinline)) struct node *make(int size) { return calloc(1, size); }
static __attribute__((noinline)) void *work(void *gate)
{
    struct node *volatile mine = make(555);
    pthread_barrier_wait(gate);
    pthread_barrier_wait(gate);
    return mine;
}
static __attribute__((noinline)) void lose(void)
{
#ifdef FREE
    free(make(333));
#else
    make(333)->next = make(44);
#endif
}
static __attribute__((noinline)) void stop_here(void)
{
    char stack[4096];
    memset(stack, 0, sizeof stack);
    __asm__ volatile("" : : "r"(stack) : "memory");
}
int main(void)
{
    pthread_t thread;
    pthread_barrier_t gate;
    pthread_barrier_init(&gate, NULL, 2);
    pthread_create(&thread, NULL, work, &gate);
    pthread_barrier_wait(&gate);
    global = make(48);
    global->next = make(64);
    lose();
    stop_here();
    stop_here();
    return 0;
}
END
    gcc -g -O0 -pthread -o program program.c
    gcc -g -O0 -pthread -DFREE -o control program.c
}

# in_gdb COMMAND...: at the second stop, with the library that has its script beside it.
in_gdb() {
    local command arguments=()
    for command; do
        arguments+=(-ex "$command")
    done
    (cd "$BATS_FILE_TMPDIR" && timeout 100 gdb -nx -q -batch -iex "add-auto-load-safe-path $BATS_FILE_TMPDIR" \
        -ex "set environment LD_PRELOAD $PWD/libleakcheck.so" \
        -ex 'set environment LEAKCHECK_OPTIONS symbolizer=no:log-file=/dev/null' \
        -ex 'break stop_here' -ex run -ex continue -ex finish "${arguments[@]}" "./${program-program}" 2>&1)
}

@test "blocks: what is live, with stacks; of a size" {
    run in_gdb 'leakcheck blocks'
    [[ $output == *'555 bytes in 1 blocks are live'*' by calloc'*'at 0x'*': make ('*'by 0x'*': work ('* ]] || fail
    [[ $output == *'48 bytes in 1 blocks are live'* && $output == *'64 bytes in 1 blocks are live'* ]] || fail
    run in_gdb 'leakcheck blocks 500'
    [[ $output == *'555 bytes in 1 blocks are live'* && $output != *'64 bytes in 1 blocks are live'* ]] || fail
}

@test "leaks: what nothing leads to, and not what a thread's stack or a global holds" {
    run in_gdb 'leakcheck leaks'
    [[ $output == *'333 bytes in 1 blocks are lost'*': lose ('*'377 bytes in 2 blocks in all'* ]] || fail
    [[ $output != *'555 bytes'* && $output != *'64 bytes in'* ]] || fail
    program=control run in_gdb 'leakcheck leaks'
    [[ $output == *'0 bytes in 0 blocks in all'* && $output != *' are lost'* ]] || fail
}

@test "who-points-at: a global, a block, the stack of a thread" {
    run in_gdb 'leakcheck who-points-at global'
    [[ $output == *' (global) points at 0x'* ]] || fail
    run in_gdb 'leakcheck who-points-at (char *)global->next + 7'
    [[ $output == *'is 7 bytes inside a block of size 64'*'0 bytes inside the block 0x'*' of size 48 by calloc, points at'* ]] || fail
    run in_gdb 'leakcheck who-points-at 1'
    [[ $output == *'no live block is at 0x1'* ]] || fail
}

@test "the same in a core file; without the library it is told" {
    in_gdb 'generate-core-file core' >/dev/null
    cd "$BATS_FILE_TMPDIR"
    run gdb -nx -q -batch -iex "add-auto-load-safe-path $BATS_FILE_TMPDIR" -ex 'leakcheck leaks' \
        -ex 'leakcheck who-points-at global' ./program core
    [[ $output == *'333 bytes in 1 blocks are lost'*'377 bytes in 2 blocks in all'*' (global) points at 0x'* ]] || fail
    run gdb -nx -q -batch -ex 'source libleakcheck.so-gdb.py' -ex 'leakcheck leaks' ./program
    [[ $output == *'libleakcheck.so is not in this process'* ]] || fail
}
