#!/usr/bin/env bats
# Where reports and logs go: --log-file, --record and their patterns.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "--log-file takes the report away from stderr" {
    exits 23 "$leakcheck" --log-file=report "$samples/leak"
    [ -z "$stderr" ]
    grep -q 'in use at exit: 192 bytes in 3 blocks' report
}

@test "--log-file is there for a clean program, too" {
    exits 0 "$leakcheck" --log-file=report "$samples/leak-control"
    grep -q 'no leaks are possible' report
}

@test "%p is the pid" {
    "${silently[@]}" --record=log.%p sh -c 'echo $$ >pid'
    log_is_whole "log.$(cat pid)"
}

@test "%q{VAR} is the environment's, %% a %" {
    NAME='a b' "$leakcheck" -q --record='%q{NAME}-%%-x' true
    log_is_whole 'a b-%-x'
}

@test "%n is a number that the process has only once" {
    "$leakcheck" -q --record=log.%n true
    log_is_whole log.1
}

@test "an unknown % or an unset %q{} is told" {
    for pattern in %x '%' '%q' '%q{UNSET' '%q{UNSET_VARIABLE}'; do
        exits 0 "$leakcheck" -q --record="log.$pattern" true
        expect leakcheck
        [ -z "$(find . -name 'log.*')" ] || rm log.*
    done
}

@test "-o FILE is --record=FILE" {
    "$leakcheck" -q -o log true
    log_is_whole log
}

@test "a relative name is relative to where the program started" {
    mkdir away
    "${silently[@]}" --record=log sh -c 'cd away'
    log_is_whole log
}

@test "a file that can't be written is told, and the program runs" {
    exits 0 "$leakcheck" -q --record=/no/such/folder/log echo ran
    [ "$output" = ran ]
    expect /no/such/folder/log
    exits 0 "$leakcheck" -q --log-file=/no/such/folder/log echo ran
    [ "$output" = ran ]
    expect /no/such/folder/log
}

@test "a full disk is told, and the program's status is its own" {
    [ -w /dev/full ] || skip "no /dev/full here"
    exits 23 "$leakcheck" --record=/dev/full "$samples/leak"
    expect 'could not be written completely'
}

@test "the log of each sample is whole, and read without complaint" {
    for sample in leak tree grow threads mapping objects mismatch plugin; do
        rm -f log
        "$leakcheck" -q --record=log "$samples/$sample" >/dev/null 2>&1 || true
        log_is_whole log
        exits 0 "$report" --error-exitcode=0 log || exits 0 "$report" log
        [ -z "$stderr" ]
    done
}

@test "what an earlier run has left in the log file and the record goes; what this run's processes add stays" {
    for _ in 1 2; do
        exits 23 "$leakcheck" --log-file=here.txt --record=here.lclog sh -c "'$samples/leak'; exec '$samples/leak'"
    done
    [ "$(grep -c 'LEAK SUMMARY' here.txt)" -eq 1 ] # of both
    [ "$(grep -c '^leakcheck-log' here.lclog)" -eq 2 ]
}

# on_disk OPTIONS COMMAND...: in a file system of its own at ./disk.
on_disk() {
    mkdir -p disk
    unshare -m sh -c 'mount -t tmpfs -o "$1" none disk && shift && "$@"' sh "$@"
}

@test "a disk that becomes full, and one that is read-only: the report is elsewhere, and the program's status its own" {
    on_disk size=8k true 2>/dev/null || skip 'no right to mount here'
    exits 23 on_disk size=8k "$leakcheck" --record=disk/log "$samples/threads"
    expect '256 bytes in 4 blocks are definitely lost'
    expect "disk/log could not be written completely: No space left on device"
    for command in "'$samples/threads'; true" "exec '$samples/threads'"; do # of several processes, and of one
        exits 23 on_disk size=4k "$leakcheck" --memory-map=full --log-file=disk/report sh -c "$command"
        expect "disk/report could not be written completely"
        expect "256 bytes in 4 blocks are definitely lost"
    done
    exits 23 on_disk ro "$leakcheck" -q --record=disk/log --log-file=disk/report "$samples/leak"
    expect 'disk/report can'\''t be opened (Read-only file system)'
    expect '192 bytes in 3 blocks are definitely lost'
}

@test "a TMPDIR that can't be written to is no reason to lose the run's verdict" {
    on_disk ro true 2>/dev/null || skip 'no right to mount here'
    [ -w /dev/shm ] || skip 'no other place'
    TMPDIR=$PWD/disk exits 23 on_disk ro "$leakcheck" -q sh -c "'$samples/leak'; true"
    expect 'seen in 1 of 2 processes: leak'
}
