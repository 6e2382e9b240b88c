#!/usr/bin/env bats
# leakcheck-report --map: of a log, and of a running process by its pid. The figures against the kernel's are
# tests/real/maps.py.
load common

setup() { cd "$BATS_TEST_TMPDIR" || exit; }
teardown() {
    [ -n "${pid-}" ] || return 0
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
}

# map ARGS...: exit status 0, no complaints, and what it printed in $output. Where a thread stands the kernel tells only who
# may trace it, which many a container forbids.
map() {
    exits 0 "$report" --map "$@"
    [ -z "$(grep -v '/task/TID/syscall can' <<<"$stderr")" ] || fail "complains"
}
shows() { [[ $output == *"$1"* ]] || fail "not in the map: $1"; }
shows_not() { [[ $output != *"$1"* ]] || fail "in the map: $1"; }

cat_when_there() {
    for _ in $(seq 100); do
        [ ! -s "$1" ] || break
        sleep 0.1
    done
    cat "$1"
}
becomes_zombie() {
    for _ in $(seq 100); do
        ! grep -q 'State:.Z' "/proc/$1/status" || return 0
        sleep 0.1
    done
    fail "$1 does not end"
}

# A program that waits, as $pid, with 8 MiB of which 2 are written, and a thread called worker. With an argument it has
# shared memory, too; with two its first thread ends.
waiting() {
    compile waiting <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void *work(void *p)
{
    pthread_setname_np(pthread_self(), "worker");
    if (write(1, "ready\n", 6) == 6)
        pause();
    return p;
}
int main(int argc, char **argv)
{
    pthread_t t;
    char *p = mmap(NULL, 10 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(p + (1 << 20), 8 << 20, PROT_READ | PROT_WRITE);
    memset(p + (1 << 20), 1, 2 << 20);
    if (argc > 1)
        p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_create(&t, NULL, work, NULL);
    if (argc > 2)
        pthread_exit(NULL);
    pause();
    return 0;
}
END
    mkfifo ready
    ./waiting "$@" >ready 3>&- &
    pid=$!
    read -r _ <ready
}

@test "a running process: picture, sums by kind, and every region" {
    waiting
    map "$pid"
    shows "Memory of process $pid: ./waiting"
    shows '# in RAM   . never touched   - no access'
    shows '  waiting'
    shows 'REGION TYPE'
    [ "$(grep -cE '^  [0-9a-f]{12,}-' <<<"$output")" -eq "$(wc -l <"/proc/$pid/maps")" ]
    [[ $output =~ rw-p\ +8\.0M\ +2\.0M\ +2\.0M\ +0\ +6\.0M ]]
    shows 'in RAM (VmRSS)'
}

@test "stacks of another process's threads have their numbers and names, where the kernel tells where they stand" {
    waiting
    local thread=''
    for thread in /proc/"$pid"/task/*; do [ "${thread##*/}" = "$pid" ] || break; done
    map "$pid"
    if cat "$thread/syscall" 2>/dev/null; then
        shows "  stack of thread ${thread##*/} (worker)"
        shows "guard below the stack of thread ${thread##*/} (worker)"
    else
        expect 'which stacks are those of 1 threads is not known'
    fi
}

@test "its parts, one by one" {
    waiting
    exits 0 "$report" --map=picture "$pid"
    shows '# in RAM'
    shows_not ADDRESSES
    shows_not VmRSS
    exits 0 "$report" --map=summary "$pid"
    shows TOTAL
    shows_not '# in RAM'
    exits 0 "$report" --map=table,picture "$pid"
    shows ADDRESSES
    shows_not TOTAL
    exits 0 "$report" --map=summary -v "$pid"
    shows 'limits: RLIMIT_AS'
    shows 'page faults: minor'
    shows KernelStack
}

@test "sorted, and by kind and by text" {
    waiting shared
    map --sort=virtual --kind=anonymous,shared "$pid"
    local sizes
    sizes=$(sed -nE 's/^  [0-9a-f]+-[0-9a-f]+ .{4} +([0-9.]+)([KMG]).*/\1\2/p' <<<"$output")
    diff <(sort -rh <<<"$sizes") <(echo "$sizes") || fail 'not sorted'
    [ "$(head -n 1 <<<"$sizes")" = 8.0M ]
    shows_not rodata
    map --filter=libc.so.6 --sort=rss "$pid"
    shows libc.so.6
    shows_not '[heap]'
    exits 0 "$report" --map --filter=nowhere "$pid"
    expect "process $pid has no such region"
}

@test "the picture is as wide as COLUMNS, and without colours where nobody asks for them" {
    waiting
    local width lengths
    for width in 60 80 120; do
        COLUMNS=$width exits 0 "$report" --map=picture "$pid"
        shows_not $'\033'
        lengths=$(sed -nE '/\|.*\|/ s/\|[^|]*$/|/p' <<<"$output" | awk '{ print length }' | sort -u)
        [ "$(wc -l <<<"$lengths")" -eq 1 ] || fail "bars end at $lengths"
        [ "$(awk '{ print length }' <<<"$output" | sort -n | tail -n 1)" -le $((width + 25)) ]
        [ "$lengths" -gt $((width / 2)) ]
    done
    on_terminal() { script -qec "stty columns 100; TERM=xterm $1 $report --map=picture $pid" /dev/null </dev/null | tr -d '\r'; }
    unset COLUMNS
    output=$(on_terminal '')
    shows $'\033[32m#'
    output=$(on_terminal NO_COLOR=1)
    shows_not $'\033'
    [ "$(awk '/\|.*\|/ { if (length > n) n = length } END { print n }' <<<"$output")" -gt 80 ]
    output=$(on_terminal TERM=dumb)
    shows_not $'\033'
}

@test "JSON has the figures exactly" {
    waiting
    map --format=json "$pid"
    [ "$(jq -r '.schema' <<<"$output")" = leakcheck-map ]
    jq -e --argjson pid "$pid" '.vm | length == 1 and .[0].pid == $pid' <<<"$output"
    jq -e '[.vm[0].regions[] | select(.bytes == 8388608 and .resident == 2097152 and .untouched == 6291456)] | length == 1' <<<"$output"
    jq -e '.vm[0] | .memory.rss > 0 and ([.regions[].resident] | add) > 2097152' <<<"$output"
    jq -e --argjson kb "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" '.vm[0].facts.system.MemTotal == $kb * 1024' <<<"$output"
    jq -e '.vm[0].classes == {} and .vm[0].arenas == []' <<<"$output"
    "$leakcheck" -q --record=run.log /bin/ls >/dev/null 2>&1 || true
    map --format=json run.log
    jq -e '.vm[0].classes.definite.resident >= 0 and (.vm[0].arenas | length) > 0' <<<"$output"
}

@test "a file of that name is preferred to a process" {
    waiting
    : >"$pid"
    exits 2 "$report" --map "$pid"
    expect "$pid: "
    exits 2 "$report" --map ./"$pid"
    rm "$pid"
    map "$pid"
}

@test "what has no memory is told in one line" {
    exits 2 "$report" --map 2147483647
    one_line_of_stderr
    expect '2147483647: no such process, and no file of that name'
    [ -z "$output" ]
    sh -c '/bin/sleep 0.2 & echo $! >zombie; exec /bin/sleep 100' 3>&- &
    pid=$!
    becomes_zombie "$(cat_when_there zombie)"
    exits 2 "$report" --map "$(<zombie)"
    one_line_of_stderr
    expect 'has ended, its memory is gone'
    [ -z "$output" ]
    if grep -qs kthreadd /proc/2/comm; then
        exits 2 "$report" --map 2
        one_line_of_stderr
        expect 'kthreadd is a kernel thread, which has no memory of its own'
    fi
}

@test "a process whose first thread has ended still has its memory" {
    waiting shared ended
    becomes_zombie "$pid"
    [ -z "$(cat "/proc/$pid/maps")" ]
    map "$pid"
    [[ $output =~ rw-p\ +8\.0M\ +2\.0M ]]
    shows 'in RAM (VmRSS)'
}

@test "what can't be read of another user's process is named, and the rest is shown" {
    [ "$(id -u)" = 0 ] || skip 'only root can become somebody else'
    waiting
    local nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    cp "$report" /tmp/leakcheck-report.$$
    "${nobody[@]}" /tmp/leakcheck-report.$$ --version >/dev/null || skip 'nobody can not run it here'
    exits 2 "${nobody[@]}" /tmp/leakcheck-report.$$ --map -v "$pid"
    rm /tmp/leakcheck-report.$$
    expect "/proc/$pid/maps can't be read (Permission denied), ask as root: its regions are not known"
    shows VmRSS
    shows 'page faults: minor'
    shows 'slabinfo can'
}

@test "the map of a log: what is lost is known there, and sorted by" {
    cat >loses.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
static void scratch(void)
{
    char *p = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 1 << 20);
}
int main(int argc, char **argv)
{
    char *p = malloc(100000);
    memset(p, 1, 100000);
    if (argc > 1)
        free(p);
    else
        scratch();
    p = NULL;
    return 0;
}
END
    gcc -g -O1 -fno-builtin -fno-inline -w -o loses loses.c
    "$leakcheck" -q --error-exitcode=0 --record=run.log ./loses 2>/dev/null
    map --sort=leaked run.log
    shows 'Memory of process'
    shows ' at its end: ./loses'
    local first
    first=$(grep -m 1 -A 2 ADDRESSES <<<"$output")
    [[ $first == *'mapped by scratch (loses.c:6)'*'(16.0M lost)'*'main heap'*'(97.7K lost)'* ]] || fail "$first"
    [[ $(grep -m 1 '|.*|' <<<"$output") == *'mapped by scratch'* ]] || fail 'the picture is not sorted'
    "$leakcheck" -q --record=run.log ./loses freed
    map --sort=leaked run.log
    shows_not lost
    exits 0 "$report" --map --sort=leaked $$
    expect 'known from a log only'
}

@test "several processes, one after the other; a log without a map; what is wrong is told" {
    waiting
    "$leakcheck" -q --record=run.log sh -c '/bin/true; exit 0'
    local logs
    logs=$(grep -c '^leakcheck-log ' run.log)
    exits 0 "$report" --map=summary run.log "$pid"
    [ "$(grep -c '^Memory of process' <<<"$output")" -eq $((logs + 1)) ]
    "$leakcheck" -q --without=smaps,maps --record=run.log /bin/true || true
    exits 2 "$report" --map run.log
    expect 'has no map'
    exits 2 "$report" --map=nothing "$pid"
    one_line_of_stderr
    expect "--map takes picture, summary, table, not 'nothing'"
    exits 2 "$report" --map --sort=size "$pid"
    expect "--sort takes address, rss, virtual, swap, leaked, not 'size'"
    exits 2 "$report" --map --kind=heap,swamp "$pid"
    expect "--kind takes code, rodata,"
    expect "not 'swamp'"
    exits 2 "$report" --sort=rss run.log
    expect '--sort, --kind and --filter belong to --map'
    exits 2 "$report" --map
    expect 'no log, and no pid'
}

@test "each log has the names of its own program" {
    for name in alpha omega; do
        compile $name <<END
#include <string.h>
#include <sys/mman.h>
void *${name}_maps(void) { return memset(mmap(0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 1 << 19); }
int main(void) { return !${name}_maps(); }
END
        "$leakcheck" -q --error-exitcode=0 --record=$name.log ./$name 2>/dev/null
    done
    COLUMNS=200 map --map=picture alpha.log omega.log
    for name in alpha omega; do
        [ "$(grep -c "mapped by ${name}_maps" <<<"$output")" -eq 1 ] || fail "$name"
    done
}

@test "every state of pages of another process is as the kernel has it, and the picture tells them apart" {
    compile states <"$BATS_TEST_DIRNAME/programs/page_states.c"
    mkfifo ready
    ./states wait >ready 3>&- &
    pid=$!
    read -r _ <ready
    kill -STOP "$pid"
    "$BATS_TEST_DIRNAME/../real/maps.py" "$leakcheck" --pid "$pid" || fail 'not as the kernel has it'
    map "$pid" --filter=memfd
    [[ $output =~ rw-s\ +3\.9M\ +2\.0M.*shared\ +/memfd:states ]] || fail 'no memfd'
    shows PSS
    map=$("$report" --map=picture --kind=anonymous "$pid")
    [[ $map == *'# in RAM'*'0 only read'*'. never touched'* ]]
    exits 0 "$report" --map=table "$pid"
    shows 'given up by MADV_FREE'
    shows 'only read (zeroes)'
}

@test "sixty thousand regions of another process" {
    compile regions <<'END'
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
    char *p = mmap(NULL, (size_t)60000 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < 60000; i += 2) {
        if (mprotect(p + i * 4096, 4096, PROT_NONE))
            return 1;
        p[(i + 1) * 4096] = 1;
    }
    if (write(1, "ready\n", 6) == 6)
        pause();
    return 0;
}
END
    mkfifo ready
    ./regions >ready 3>&- &
    pid=$!
    read -r line <ready || skip 'vm.max_map_count is below 60,000 here'
    map --format=json "$pid"
    [ "$(jq '.vm[0].regions | length' <<<"$output")" -eq "$(wc -l <"/proc/$pid/maps")" ]
    jq -e '[.vm[0].regions[] | select(.kind == "anonymous" and .bytes == 4096 and .resident == 4096)] | length >= 29999' <<<"$output"
    jq -e '.vm[0] | ([.regions[].resident] | add) == .memory.rss' <<<"$output"
}
