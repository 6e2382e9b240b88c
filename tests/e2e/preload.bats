#!/usr/bin/env bats
# LD_PRELOAD alone, with options in LEAKCHECK_OPTIONS.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
    export LD_PRELOAD=
}

preload() {
    LD_PRELOAD=$library "$@"
}

@test "without any option: the report on stderr, the program's own status" {
    exits 0 preload "$samples/leak"
    expect 'in use at exit: 192 bytes in 3 blocks'
    expect 'main (leak.c:'
    exits 0 preload "$samples/leak-control"
    expect 'All heap blocks were freed -- no leaks are possible'
}

@test "in an environment that has nothing else" {
    run --separate-stderr env -i "LD_PRELOAD=$library" "$samples/leak"
    [ "$status" -eq 0 ]
    expect 'in use at exit: 192 bytes in 3 blocks'
}

@test "options, colon-separated" {
    LEAKCHECK_OPTIONS=log-file=x.%p:num-callers=2:error-exitcode=3 exits 3 preload "$samples/leak"
    [ -z "$stderr" ]
    grep -q 'greeting (leak.c:' x.*
    ! grep -q 'main (leak.c:' x.*
}

@test "'\\' takes a ':' and a '\\' as they are" {
    LEAKCHECK_OPTIONS='log-file=a\:b\\c:quiet=yes' exits 0 preload "$samples/leak"
    [ -s 'a:b\c' ]
}

@test "a wrong option is told in one line, and the program runs" {
    for option in nonsense=1 num-callers=0 record nonsense leak-check=; do
        LEAKCHECK_OPTIONS=quiet=yes:$option exits 0 preload "$samples/leak-control"
        [ "${#lines[@]}" -eq 3 ]
        one_line_of_stderr
        expect leakcheck
    done
}

@test "empty options mean nothing" {
    LEAKCHECK_OPTIONS=::quiet=yes: exits 0 preload "$samples/leak-control"
    [ -z "$stderr" ]
}

@test "leak-check=summary and no" {
    LEAKCHECK_OPTIONS=leak-check=summary exits 0 preload "$samples/leak"
    expect '192 bytes in 3 blocks'
    expect_not 'greeting'
    LEAKCHECK_OPTIONS=leak-check=no exits 0 preload "$samples/leak"
    expect_not 'LEAK SUMMARY'
}

@test "memory-map=full, summary and no" {
    LEAKCHECK_OPTIONS=memory-map=full exits 0 preload "$samples/leak"
    expect 'MEMORY MAP'
    expect 'r-xp'
    expect '[heap]'
    full=${#stderr_lines[@]}
    LEAKCHECK_OPTIONS=memory-map=summary exits 0 preload "$samples/leak"
    expect 'MEMORY MAP'
    expect_not 'r-xp'
    expect VmPeak
    [ "${#stderr_lines[@]}" -lt "$full" ]
    LEAKCHECK_OPTIONS=memory-map=no exits 0 preload "$samples/leak"
    expect_not 'MEMORY MAP'
}

@test "format=mtrace: a line a block" {
    LEAKCHECK_OPTIONS=format=mtrace exits 0 preload "$samples/leak"
    expect 'Memory not freed:'
    [ "$(grep -c ' 0x40  at .*leak.c:' <<<"$stderr")" -eq 3 ]
    LEAKCHECK_OPTIONS=format=mtrace exits 0 preload "$samples/leak-control"
    expect 'No memory leaks.'
}

@test "quiet: nothing when there is nothing" {
    LEAKCHECK_OPTIONS=quiet=yes exits 0 preload "$samples/leak-control"
    [ -z "$stderr" ]
    LEAKCHECK_OPTIONS=quiet=yes exits 0 preload "$samples/leak"
    expect '192 bytes in 3 blocks'
    expect_not 'MEMORY MAP'
}

@test "verbose: options, modules and coverage" {
    LEAKCHECK_OPTIONS=verbose=yes:num-callers=20 exits 0 preload "$samples/leak"
    expect num-callers=20
    expect libc.so.6
}

@test "symbolizer=no: names from symbol tables" {
    LEAKCHECK_OPTIONS=symbolizer=no exits 0 preload "$samples/leak"
    expect ': main (in '
    expect_not leak.c
}

@test "a symbolizer that isn't there: names all the same" {
    LEAKCHECK_OPTIONS=symbolizer=/no/such/tool exits 0 preload "$samples/leak"
    expect ': main (in '
}

@test "every line of the report begins with ==PID==" {
    LEAKCHECK_OPTIONS=memory-map=full exits 0 preload "$samples/leak"
    ! grep -qv '^==[0-9]*==\( \|$\)' <<<"$stderr" || fail
}

@test "no colour, and nothing but text" {
    exits 0 preload "$samples/leak"
    ! grep -q $'\033' <<<"$stderr"
}
