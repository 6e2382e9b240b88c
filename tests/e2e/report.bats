#!/usr/bin/env bats
# leakcheck-report on logs that were written by hand: tests/golden/ has each log, and what must come of it.
load common

golden=$BATS_TEST_DIRNAME/../golden

setup() {
    cp "$golden"/*.log "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || exit
}

# prints FILE ARGS...: the report is, to the letter, what tests/golden/FILE has.
prints() {
    local file=$golden/$1
    shift
    "$report" "$@" >actual
    diff -u "$file" actual
}

@test "one log: the report" {
    prints server.txt server.log
    prints clean.txt clean.log
}

@test "verbose, with the whole map" {
    prints server-verbose.txt -v --memory-map=full server.log
}

@test "quiet: findings only, and nothing when there are none" {
    prints server-short.txt -q --num-callers=2 server.log
    exits 0 "$report" -q clean.log
    [ -z "$output$stderr" ]
}

@test "a summary without stacks" {
    prints server-summary.txt --leak-check=summary --memory-map=no server.log
}

@test "mtrace's shape" {
    prints server.mtrace --format=mtrace server.log
    prints clean.mtrace --format=mtrace clean.log
}

@test "mtrace's shape of a log without blocks: the wrong frees, and how to get the blocks" {
    exits 2 "$report" --format=mtrace worker.log
    one_line_of_stderr
    expect --show-blocks=yes
    [[ $output == *"- 0x0000000000605010 Free 1 by free at 0x401310 was free'd before"* ]]
    [[ $output != *'No memory leaks'* ]]
}

@test "mtrace's shape of several logs: each under its pid and command" {
    exits 0 "$report" --format=mtrace server.log clean.log
    [ "$output" = "$(cat "$golden/server.mtrace" && echo && cat "$golden/clean.mtrace")" ]
}

@test "several logs: a line for each, and each stack once" {
    prints merged.txt server.log worker.log clean.log
}

@test "several logs: what is in RAM adds up, and what of it is shared" {
    local footprint='swapped=0 untouched=0 pinned=8192'
    sed "/^leak .* stack=2$/s/$/ resident=8192 proportional=6144 $footprint/" server.log >shared.log
    sed "/^leak .* stack=2$/s/$/ resident=8192 proportional=8192 $footprint/" server.log >private.log
    exits 0 "$report" shared.log shared.log
    [[ $output == *', 16.0K in RAM (12.0K of it ours, the rest shared), 0 swapped'* ]] || fail
    exits 0 "$report" private.log private.log
    [[ $output == *', 16.0K in RAM, 0 swapped'* ]] || fail
}

@test "several logs in one file are several logs" {
    cat server.log worker.log clean.log >all.log
    prints merged.txt all.log
    sed -i 's/bytes=433/bytes=?/' all.log
    exits 2 "$report" all.log
    one_line_of_stderr
    expect "all.log:$(grep -n 'bytes=?' all.log | cut -d : -f 1): a damaged leak line"
}

@test "standard input, by either name, and a file for the output" {
    prints server.txt - <server.log
    prints server.txt /dev/stdin <server.log
    exits 0 "$report" -o out server.log
    [ -z "$output$stderr" ]
    diff -u "$golden/server.txt" out
}

@test "no name from a log reaches the terminal with control characters in it" {
    "$report" -v --memory-map=full server.log worker.log >actual
    "$report" -v --memory-map=full server.log >>actual
    grep -qF '\x1B[31mred\x0Aline' actual
    run grep -nP '[^\x20-\x7e]' actual
    [ "$status" -eq 1 ] || fail "$output"
}

@test "exit status: 0, or --error-exitcode when there is something" {
    exits 0 "$report" server.log
    exits 9 "$report" --error-exitcode=9 server.log
    exits 0 "$report" --error-exitcode=9 clean.log
    exits 9 "$report" --error-exitcode=9 clean.log worker.log
    sed '/^error/d; s/^end lines=.*/end lines=15/' worker.log >leaks.log
    exits 9 "$report" --error-exitcode=9 leaks.log
    exits 0 "$report" --error-exitcode=9 --errors-for-leak-kinds=none leaks.log
    exits 0 "$report" --error-exitcode=9 --leak-check=no leaks.log
    exits 9 "$report" --error-exitcode=9 --errors-for-leak-kinds=none worker.log
}

@test "a log that is cut, wherever: one line, exit status 2, and the rest is reported" {
    local percent
    for percent in 15 30 45 60 75 99; do
        head -c "$(($(wc -c <server.log) * percent / 100))" server.log >cut.log
        exits 2 "$report" --memory-map=no cut.log
        one_line_of_stderr
        expect "cut.log:$(wc -l <cut.log): truncated"
        [[ $output == *'==4711== Command: server'* ]]
        [[ $output == *'NOTE: this log is incomplete'* ]]
        [[ $output != *'no leaks are possible'* ]]
    done
    [[ $output == *'1,234,567 bytes in 1,234 blocks are not freed'* ]]
}

@test "a damaged line is told, with its number; the rest is reported" {
    sed '/^leak.*calloc/s/bytes=72/bytes=7x/' server.log >damaged.log
    exits 2 "$report" damaged.log
    one_line_of_stderr
    expect 'damaged.log:18: a damaged leak line: bytes= is no number'
    [[ $output == *'1,234,567 bytes in 1,234 blocks are not freed in loss record 3 of 3'* ]]
}

@test "an incomplete log: no good news, and its map is not missed in /proc" {
    head -n 6 clean.log >cut.log
    local format
    for format in text mtrace; do
        exits 2 "$report" --format="$format" cut.log
        one_line_of_stderr
        [[ $output == *'NOTE: this log is incomplete'* ]] || fail "$format"
        [[ $output != *'no leaks are possible'* && $output != *'No memory leaks'* && $output != */proc* ]] || fail "$format"
    done
    exits 2 "$report" clean.log cut.log
    [[ $output != *'no leaks are possible'* ]]
}

@test "more live blocks than leaks: told" {
    sed '/^leak.*calloc/s/blocks=3/blocks=2/' server.log >less.log
    exits 2 "$report" less.log
    one_line_of_stderr
    expect 'it counts 1239 live blocks, the leak lines before it only 1238'
    [[ $output == *'NOTE: this log is incomplete'* ]]
}

@test "several logs have no one map: told when it was asked for" {
    exits 0 "$report" --memory-map=summary server.log clean.log
    one_line_of_stderr
    expect '--memory-map needs one log'
    exits 0 "$report" --memory-map=summary server.log worker.log
    [ -z "$stderr" ]
    [[ $output == *'VmPeak 1.0G'* ]]
    exits 0 "$report" --memory-map=no server.log worker.log
    [ -z "$stderr" ]
}

@test "quiet, and no more than a summary: the summary" {
    exits 0 "$report" -q --leak-check=summary --num-callers=1 server.log
    [[ $output == *'LEAK SUMMARY'*'not freed: 1,234,711 bytes in 1,239 blocks'* ]]
    [[ $output != *'HEAP SUMMARY'* && $output != *'loss record'* ]]
}

@test "a missing frame costs itself only" {
    sed '/^frame id=1 /d' server.log >missing.log
    exits 2 "$report" missing.log
    one_line_of_stderr
    expect 'missing.log:12: a damaged frame line: the one before it is missing'
    [[ $output == *'plugin one.so+0x1233'*'the stack was cut here'* ]]
}

@test "stacks that refer to themselves, or to nothing" {
    sed '/^frame id=0 /s/outer=-/outer=0/' server.log >self.log
    sed '/^frame id=0 /s/outer=-/outer=4294967294/' server.log >far.log
    sed '/^frame id=4 /s/id=4/id=4294967290/' server.log >huge.log
    local bad
    for bad in self far huge; do
        exits 2 "$report" "$bad.log"
        one_line_of_stderr
        [[ $output == *'ERROR SUMMARY'* ]]
    done
}

@test "a chain of frames without end is cut" {
    {
        head -n 1 worker.log
        for ((i = 0; i < 5000; i++)); do
            echo "frame id=$i outer=$((i ? i - 1 : 0)) module=- address=0x1234 exact=0 cut=0"
        done | sed '1s/outer=0/outer=-/'
        echo 'leak kind=unfreed bytes=1 blocks=1 function=malloc at=0x1 stack=4999'
    } >deep.log
    exits 2 "$report" -q deep.log
    [ "${#lines[@]}" -le 270 ]
    expect 'more than 256 frames'
}

@test "what is no log, or not to be read: one line, exit status 2" {
    echo 'int main(void) { return 0; }' >foreign
    : >empty
    printf 'leakcheck-log' >stub
    head -c 100000 /dev/urandom >random
    local file
    for file in foreign empty stub random missing . /dev/null; do
        exits 2 "$report" "$file"
        one_line_of_stderr
        [ -z "$output" ]
        expect "leakcheck-report: $file"
    done
    exits 2 "$report" missing clean.log
    one_line_of_stderr
    [[ $output == *'no leaks are possible'* ]]
}

@test "a log of a newer version: told, and read as far as it is understood" {
    sed '1s/1/2/' server.log >newer.log
    exits 2 "$report" newer.log
    one_line_of_stderr
    expect 'newer.log:1: log version 2'
    diff -u <(sed '1s/exit 0/exit 2/' "$golden/server.txt") <(printf '%s\n' "$output")
}

@test "an unknown option, a wrong value, no log: exit status 2" {
    exits 2 "$report" --no-such-option server.log
    exits 2 "$report" --format=html server.log
    one_line_of_stderr
    exits 2 "$report" --num-callers=0 server.log
    one_line_of_stderr
    exits 2 "$report"
}

@test "output that can't be written: exit status 2" {
    [ -e /dev/full ] || skip 'no /dev/full here'
    exits 2 "$report" -o /dev/full server.log
    one_line_of_stderr
    exits 2 "$report" -o /no/such/directory/out server.log
    one_line_of_stderr
}

@test "--version and --help" {
    exits 0 "$report" --version
    [[ $output == 'leakcheck-report '[0-9]* ]]
    exits 0 "$report" --help
    [[ $output == *--memory-map* ]]
}
