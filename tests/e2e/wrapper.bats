#!/usr/bin/env bats
# The wrapper's command line.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "--help names every option, on stdout" {
    exits 0 "$leakcheck" --help
    [ -z "$stderr" ]
    for name in $(sed -n 's/^LC_OPTION("\([^"]*\)".*/\1/p' "$BATS_TEST_DIRNAME/../../src/base/options.def"); do
        [[ $output == *"--$name="* ]] || fail "$name"
    done
}

@test "--version" {
    exits 0 "$leakcheck" --version
    [[ $output == "leakcheck "[0-9]* ]]
}

@test "no command: usage, exit 2" {
    exits 2 "$leakcheck"
    one_line_of_stderr
    expect 'Usage: leakcheck'
    exits 2 "$leakcheck" -q --
    one_line_of_stderr
}

@test "an unknown option: one line, exit 2, nothing runs" {
    for option in --nonsense --nonsense=1 -x --num-caller=3 --=; do
        exits 2 "$leakcheck" "$option" touch ran
        one_line_of_stderr
        [ ! -e ran ]
    done
}

@test "a wrong value: one line, exit 2, nothing runs" {
    for option in --num-callers=0 --num-callers=257 --num-callers=x --num-callers= --num-callers \
        --leak-check=maybe --quiet=perhaps --error-exitcode=256 --memory-map=all --format=pdf \
        --log-file="$(head -c 2000 /dev/zero | tr '\0' x)"; do
        exits 2 "$leakcheck" "$option" touch ran
        one_line_of_stderr
        [ ! -e ran ]
    done
}

@test "each option's values are taken" {
    for option in --leak-check=no --leak-check=summary --leak-check=full --leak-check=yes --num-callers=1 \
        --num-callers=256 --memory-map=full --memory-map=no --format=mtrace --show-blocks=yes --error-exitcode=0 \
        --show-leak-kinds=definite,possible --show-reachable=yes --show-reachable=no --trace-children=no \
        --trace-children-skip='*/sh,x?' --run-libc-freeres=no --symbolizer=no --quiet --quiet=no --verbose=yes -q -v; do
        exits 0 "$leakcheck" "$option" true
        expect_not "leakcheck: "
    done
}

@test "valgrind's other options are accepted, with one line" {
    exits 0 "$leakcheck" --tool=memcheck --track-origins=yes --vgdb=no -q true
    one_line_of_stderr
    expect '--tool --track-origins --vgdb'
}

@test "leaks: exit 23; --error-exitcode changes it; 0 leaves the program's own" {
    exits 23 "$leakcheck" "$samples/leak"
    exits 7 "$leakcheck" --error-exitcode=7 "$samples/leak"
    exits 0 "$leakcheck" --error-exitcode=0 "$samples/leak"
    exits 0 "$leakcheck" "$samples/leak-control"
}

@test "a program that fails by itself keeps its status" {
    compile fails <<<'#include <stdlib.h>
        int main(void) { malloc(10); return 5; }'
    exits 5 "$leakcheck" ./fails
    expect '10 bytes in 1 blocks'
}

@test "what LEAKCHECK_OPTIONS says holds, the command line comes later" {
    LEAKCHECK_OPTIONS=error-exitcode=9 exits 9 "$leakcheck" "$samples/leak"
    LEAKCHECK_OPTIONS=error-exitcode=9 exits 8 "$leakcheck" --error-exitcode=8 "$samples/leak"
}

@test "values arrive byte for byte" {
    for value in 'a b' 'a:b' 'a\b' '\' ':' '\:' 'a\\:b' "it's" '"$HOME"' '*' $'two\nlines' $'\t' $'\xff\xfe' '%%' '='; do
        exits 0 "$leakcheck" -q --trace-children-skip="$value" --record="$log" true
        want=$(printf %s "$value" | python3 -c 'import sys
for byte in sys.stdin.buffer.read():
    print("%%%02X" % byte if byte <= 32 or byte >= 127 or byte == 37 else chr(byte), end="")')
        grep -qxF "option value=trace-children-skip=$want" "$log" || fail "$value, $want: $(grep ^option "$log")"
        rm "$log"
    done
}

@test "arguments, argv[0] and the environment arrive byte for byte" {
    compile show <<'END'
#include <stdio.h>
int main(int argc, char **argv) { for (int i = 0; i < argc; i++) printf("<%s>", argv[i]); return 0; }
END
    exits 0 "$leakcheck" -- ./show '' 'a b' $'x\ny\n' "q'q" 'd"d' '$x' '\' '*' -q --help
    [ "$output" = "<./show><><a b><x"$'\n'"y"$'\n'"><q'q><d\"d><\$x><\\><*><-q><--help>" ]
    ODD=$'a\nb c' exits 0 "$leakcheck" -q printenv ODD
    [ "$output" = $'a\nb c' ]
}

@test "no variable of the environment is touched" {
    local name names=(
        after checked directory file found given here ignored library path plain report rest status usage
        a b i n x arg args cmd command dir lib options out p pid rc target tmp value
    )
    for name in "${names[@]}"; do
        exits 0 env "$name=a b:c" "$leakcheck" -q --num-callers=5 printenv "$name"
        [ "$output" = 'a b:c' ] || fail "$name"
    done
    env -i "PATH=$PATH" "PWD=$PWD" A=1 env | sort >before
    env -i "PATH=$PATH" "PWD=$PWD" A=1 "$leakcheck" -q env | grep -v -e ^LD_PRELOAD= -e ^LEAKCHECK_OPTIONS= | sort >after
    diff before after
}

@test "what is no variable to a shell gets through, too: bash's exported functions" {
    greet() { echo "hello, $1"; }
    export -f greet
    exits 0 "${silently[@]}" bash -c 'greet world'
    [ "$output" = 'hello, world' ]
}

@test "the command is found as execvp finds it" {
    mkdir plain first second
    printf 'not me\n' >first/tool
    cp "$samples/leak-control" second/tool
    exits 0 env "PATH=plain:first:second:$PATH" "$leakcheck" tool
    (cd second && exits 0 env "PATH=:$PATH" "$leakcheck" tool)
    (cd second && exits 0 env "PATH=$PATH:" "$leakcheck" tool)
    exits 126 env "PATH=first:$PATH" "$leakcheck" tool
    exits 127 "$leakcheck" tool
    one_line_of_stderr
    exits 127 "$leakcheck" ''
    exits 127 "$leakcheck" ./tool
    one_line_of_stderr
}

@test "a builtin of the shell is a command only as a file" {
    exits 127 "$leakcheck" alias
    exits 0 "$leakcheck" -q echo file
    [ "$output" = file ]
}

@test "the pid is the wrapper's" {
    "${silently[@]}" sh -c 'echo $$ >pid' &
    wait $!
    [ "$(cat pid)" = $! ]
}

@test "an LD_PRELOAD that is there is kept, after ours" {
    for other in libm.so.6 'libm.so.6 libdl.so.2' libm.so.6:libdl.so.2; do
        LD_PRELOAD=$other exits 0 "$leakcheck" -q printenv LD_PRELOAD
        [ "$(realpath "${output%%:*}")" = "$library" ]
        [ "${output#*:}" = "$other" ]
    done
}

@test "an installed tree works wherever it is put" {
    DESTDIR=$BATS_TEST_TMPDIR/stage meson install -C "$build" --no-rebuild >/dev/null
    bin=$(dirname "$(find stage -name leakcheck -type f -path '*/bin/*')")
    exits 23 "$bin/leakcheck" "$samples/leak"
    expect 'main (leak.c:'
    prefix=$(dirname "$bin")
    mv "$prefix" moved
    ln -s "$PWD/moved/bin/leakcheck" link
    exits 23 ./link "$samples/leak"
    expect 'main (leak.c:'
    mv moved 'moved again'
    exits 125 'moved again/bin/leakcheck' "$samples/leak"
    one_line_of_stderr
    expect "can't be preloaded"
    mv 'moved again' moved
    find moved -name libleakcheck.so -delete
    exits 125 moved/bin/leakcheck "$samples/leak"
    one_line_of_stderr
    expect 'is missing'
}
