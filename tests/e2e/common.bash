# What the e2e suites share. meson names the build directory; by hand it is build/.
bats_require_minimum_version 1.5.0

build=${LEAKCHECK_BUILD:-$(realpath "$BATS_TEST_DIRNAME/../../build")}
leakcheck=$build/tools/leakcheck
report=$build/tools/leakcheck-report
library=$build/src/preload/libleakcheck.so
# For programs whose own leaks are not the question: shells never free what they have at exit.
silently=("$leakcheck" --leak-check=no --memory-map=no --quiet --error-exitcode=0)
samples=$build/samples
log=$BATS_TEST_TMPDIR/log
export LC_ALL=C
unset LEAKCHECK_OPTIONS LD_PRELOAD LD_LIBRARY_PATH # which meson sets
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY

# compile NAME [FLAGS...]: the C program on stdin becomes $BATS_TEST_TMPDIR/NAME. compile_cxx: C++.
compile() {
    local name=$1
    shift
    gcc -x c -O1 -g -fno-builtin -w -o "$BATS_TEST_TMPDIR/$name" - -x none "$@" -lpthread
}
compile_cxx() {
    local name=$1
    shift
    g++ -x c++ -O1 -g -fno-builtin -w -o "$BATS_TEST_TMPDIR/$name" - -x none "$@" -lpthread
}

# under ARGS...: the command under the library alone, with its log in $log and no report.
under() {
    rm -f "$log"
    LD_PRELOAD=$library LEAKCHECK_OPTIONS="symbolizer=no:log-file=/dev/null:record=$log${options:+:$options}" "$@"
}

# The sum of field $2 over the log's lines of word $1 (with $3 in them, where it is given).
sum() {
    grep "^$1 " "$log" | grep -F -e "${3-}" | sed "s/.* $2=\([0-9]*\).*/\1/" | awk '{ n += $1 } END { print n + 0 }'
}

# leaked BYTES BLOCKS [FUNCTION]: the log says so.
leaked() {
    [ -s "$log" ] || fail "no log: $log"
    local bytes blocks
    bytes=$(sum leak bytes "${3:+function=$3 }")
    blocks=$(sum leak blocks "${3:+function=$3 }")
    [ "$bytes $blocks" = "$1 $2" ] || fail "leaked $bytes bytes in $blocks blocks, not $1 in $2"
}

# The log is whole: its last line counts the lines before it.
log_is_whole() {
    [ "$(tail -n 1 "${1-$log}")" = "end lines=$(($(wc -l <"${1-$log}") - 1))" ] || fail "${1-$log} is truncated"
}

# A $TMPDIR of the test's own, in which nothing of a run stays. (The supervisor may just be at it.)
own_tmpdir() {
    cd "$BATS_TEST_TMPDIR" || exit
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir tmp
}
tmpdir_is_empty() {
    for _ in $(seq 50); do
        [ -n "$(ls -A tmp)" ] || return 0
        sleep 0.1
    done
    fail "left: $(ls -AR tmp)"
}

fail() {
    printf '%s\n' "$*"
    [ -z "${output-}" ] || printf 'stdout: %s\n' "$output"
    [ -z "${stderr-}" ] || printf 'stderr: %s\n' "$stderr"
    return 1
}

# expect TEXT: it stands in $stderr. expect_not TEXT: it doesn't.
expect() {
    [[ $stderr == *"$1"* ]] || fail "not in stderr: $1"
}
expect_not() {
    [[ $stderr != *"$1"* ]] || fail "in stderr: $1"
}

# exits STATUS ARGS...: runs it, with $output and $stderr apart.
exits() {
    local want=$1
    shift
    run "-$want" --separate-stderr "$@" || fail "exit status $status, not $want: $*"
}

one_line_of_stderr() {
    [ "${#stderr_lines[@]}" -eq 1 ] || fail "not one line"
}
