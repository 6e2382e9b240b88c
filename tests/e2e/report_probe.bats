#!/usr/bin/env bats
# leakcheck-report --probe: what the wrapper looks at before it starts a program.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

# refuses STATUS TEXT PROGRAM
refuses() {
    exits "$1" "$report" --probe "$3"
    one_line_of_stderr
    expect "leakcheck: $3: "
    expect "$2"
}

accepts() {
    exits 0 "$report" --probe "$1"
    [ -z "$output$stderr" ]
}

@test "what can be checked: not a word" {
    compile program <<<'int main(void) { return 0; }'
    accepts ./program
    accepts "$PWD/program"
    accepts /lib64/ld-linux-x86-64.so.2
    compile nopie -no-pie <<<'int main(void) { return 0; }'
    accepts ./nopie
}

@test "built with a sanitizer" {
    compile asan -fsanitize=address <<<'int main(void) { return 0; }'
    refuses 125 sanitizer ./asan
}

@test "linked with musl" {
    compile musl -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 <<<'int main(void) { return 0; }'
    refuses 125 musl ./musl
}

@test "damaged ELF files: told, whatever is damaged" {
    compile program <<<'int main(void) { return 0; }'
    chmod +x program
    local size offset
    for size in 4 16 63 64 100 200; do
        head -c "$size" program >cut
        chmod +x cut
        refuses 125 cut ./cut
    done
    for offset in 32 40 54 56 58 60 64 72 80 96 104 120 128 160; do
        cp program bent
        printf '\xff\xff\xff\xff' | dd of=bent bs=1 seek="$offset" conv=notrunc status=none
        run "$report" --probe ./bent
        [ "$status" -eq 0 ] || [ "$status" -eq 125 ] || fail "offset $offset: $status"
    done
}

@test "interpreters: through env, with its options; chains; circles" {
    printf '#!/usr/bin/env -S A=1 sh -e\n' >env1
    printf '#!/usr/bin/env no-such-interpreter-here\n' >env2
    printf '#!%s/env1\n' "$PWD" >chain
    printf '#!%s/circle\n' "$PWD" >circle
    printf '#!%s\n' "$PWD" >directory
    printf '#!' >nothing
    chmod +x env1 env2 chain circle directory nothing
    accepts ./env1
    accepts ./env2
    accepts ./chain
    refuses 126 'too many interpreters' ./circle
    refuses 126 "interpreter $PWD: is a directory" ./directory
    accepts ./nothing
}

@test "a name with control characters is shown without them" {
    exits 127 "$report" --probe $'no\n\e[31mfile'
    one_line_of_stderr
    expect 'no\x0A\x1B[31mfile'
}

@test "the options of the run are looked at, too" {
    exits 0 "$report" --probe /bin/true --options num-callers=40:leak-check=full
    exits 2 "$report" --probe /bin/true --options num-callers=4000
    one_line_of_stderr
    expect 'leakcheck: '
    expect num-callers
}
