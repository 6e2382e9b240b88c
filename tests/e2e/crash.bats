#!/usr/bin/env bats
# Signals that end the process by default: reported, and everything else as without us.
load common

setup_file() {
    gcc -O1 -g -fno-builtin -w -o "$BATS_FILE_TMPDIR/deaths" "$BATS_TEST_DIRNAME/programs/deaths.c" -lpthread
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    deaths=$BATS_FILE_TMPDIR/deaths
}

# dies HOW SIGNAL: by that signal, and the log has it all.
dies() {
    local status=0
    rm -f "$log"
    timeout -s KILL 60 env --default-signal LD_PRELOAD="$library" LEAKCHECK_OPTIONS="symbolizer=no:log-file=/dev/null:record=$log" \
        "$deaths" "$1" >out 2>err || status=$?
    [ "$status" -eq $((128 + $2)) ] || fail "$1: status $status, not $((128 + $2)): $(cat out err)"
    [ ! -s out ] || fail "$1: $(cat out)"
    log_is_whole
    [ "$(grep -c '^leakcheck-log' "$log")" -eq 1 ]
    grep -q "end=signal value=$2 " "$log" || fail "$1: $(grep ^process "$log")"
    grep -q '^leak kind=definite bytes=77 blocks=1 ' "$log" || fail "$1: $(grep ^leak "$log")"
}

@test "each signal: one whole report, and the end as it would be" {
    ulimit -c 0
    dies null_page 11
    dies non_canonical 11
    dies jump 11
    dies divide 8
    dies illegal 4
    dies trap 5
    dies abort 6
    dies asserts 6
    dies past_file 7
    dies term 15
    dies hup 1
    dies user 10
    dies real_time 64
    dies sent_segv 11
    dies queued 2
    dies suspended 15
    dies broken_pipe 13
    dies alarm_clock 14
    dies processor_time 24
    # files can't be written to any more
    exits 153 bash -c "'$leakcheck' -q '$deaths' file_size 2>&1 | cat; exit \${PIPESTATUS[0]}"
    [[ $output == *'77 bytes in 1 blocks are definitely lost'* ]]
}

@test "handlers of the program's own that leave the end to the default" {
    ulimit -c 0
    dies reset_fault 11
    dies reset_raise 15
    dies restored 15
    dies aborts_in_handler 6
    dies once_raise 15
    dies once_fault 11
    [ "$(cat err)" = '!' ]
    dies once_system_v 1
    [ "$(cat err)" = '!' ]
}

@test "a stack overflow, of any thread, on whichever signal stack" {
    ulimit -c 0
    dies overflow 11
    dies overflow_in_thread 11
    dies overflow_own_stack 11
    exits 7 under "$deaths" overflow_handled
}

@test "what the allocator itself ends" {
    ulimit -c 0
    dies wrong_free 6
    dies smash 6
}

@test "in another thread, and in two at once: one report" {
    ulimit -c 0
    dies in_thread 11
    for _ in 1 2 3 4 5; do
        dies two_threads 11
    done
}

@test "a child in our memory that dies reports nothing, and what it sets is its own" {
    dies borrowed 15
}

@test "handled, ignored, waited for: nobody dies, and the report is that of the exit" {
    for way in 'handled 7' 'ignored 8' 'waited_for 15'; do
        exits "${way#* }" under "$deaths" "${way% *}"
        log_is_whole
        grep -q "end=status value=${way#* } " "$log"
    done
}

@test "handle-signals=no: no report, and nothing else changes" {
    options=handle-signals=no
    exits 143 under "$deaths" term
    expect_not leakcheck
    [ ! -s "$log" ]
}

@test "the same status and the same core as without us, at the same instruction" {
    cat >how.py <<'END'
import os, re, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
os.makedirs(sys.argv[1])
os.chdir(sys.argv[1])
ways = ["null_page", "non_canonical", "jump", "divide", "trap", "asserts", "term", "sent_segv", "reset_fault", "suspended"]
for way in ways:
    process = subprocess.Popen(sys.argv[3:] + [sys.argv[2], way], stderr=subprocess.DEVNULL)
    _, status = os.waitpid(process.pid, 0)
    cores = [f for f in os.listdir() if f.startswith("core")]
    where = []
    for f in cores:
        text = subprocess.run(["gdb", "-nx", "-q", "-batch", "-ex", "printf \"si %d\\n\", $_siginfo.si_code", "-ex", "bt", sys.argv[2], f],
                              capture_output=True, text=True).stdout
        where = re.findall(r"^(?:si .*|#[0-9]+ +(?:0x[0-9a-f]+ in )?[^ ]+)", text, re.M)
        os.unlink(f)
    print(way, status, len(cores), [re.sub("0x[0-9a-f]+ in ", "", w) for w in where])
END
    /usr/bin/python3 how.py plain "$deaths" >want
    /usr/bin/python3 how.py under "$deaths" "${silently[@]}" >got
    diff want got
    grep -q "^null_page .*null_page.*main" want || skip "no core dumps in the current folder here: $(cat /proc/sys/kernel/core_pattern)"
}

@test "what the program sees of its actions is what it has set, by whichever function" {
    compile actions "$BATS_TEST_DIRNAME/programs/actions.c" </dev/null
    ./actions >want
    "${silently[@]}" ./actions >got
    diff want got
    (
        trap '' HUP INT TERM
        ./actions >want
        "${silently[@]}" ./actions >got
    )
    diff want got
    [ "$(grep -c DFL want)" -gt 1000 ]
}

@test "ignored from the start (nohup): stays so" {
    compile waits <<<'#include <signal.h>
#include <stdlib.h>
int main(void) { void *volatile p = malloc(5); raise(SIGHUP); return 3; }'
    exits 3 under nohup ./waits
    grep -q 'end=status value=3 ' "$log"
    exits 129 under ./waits
}

@test "a report that fails, or takes too long, is given up; the process ends as it would" {
    ulimit -c 0
    compile fails <<<'#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static char *how;
const char *__lsan_default_suppressions(void)
{
    if (how && *how == 102) *(volatile int *)16 = 1; /* faults */
    while (how && *how == 104) pause(); /* hangs */
    return "";
}
int main(int argc, char **argv) { void *volatile p = malloc(77); p = 0; how = argv[1]; raise(SIGTERM); return 0; }'
    exits 143 timeout 60 "$leakcheck" --signal-timeout=1 ./fails faults
    expect 'leakcheck: the report failed, by signal 11 at 0x'
    exits 143 timeout 60 "$leakcheck" --signal-timeout=1 ./fails hangs
    expect 'leakcheck: the report was given up after 1 seconds (--signal-timeout)'
    exits 143 timeout 60 "$leakcheck" --signal-timeout=1 ./fails
    expect '77 bytes in 1 blocks are definitely lost'
}

@test "SIGTERM into threads that allocate, and a second one during the report" {
    compile storm <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *allocate(void *seed)
{
    void *blocks[64] = {0};
    for (unsigned n = (unsigned long)seed;; n = n * 1103515245 + 12345) {
        free(blocks[n >> 16 & 63]);
        blocks[n >> 16 & 63] = malloc(n >> 8 & 1023);
    }
}
int main(void)
{
    pthread_t t;
    for (long i = 0; i < 3; i++) pthread_create(&t, NULL, allocate, (void *)i);
    puts("ready"), fflush(stdout);
    allocate((void *)9);
}
END
    for i in 0 1 2 3 4 5 6 7 8 9; do
        rm -f "$log" out
        LD_PRELOAD=$library LEAKCHECK_OPTIONS=symbolizer=no:log-file=/dev/null:record=$log ./storm >out 2>err &
        pid=$!
        until grep -q ready out; do sleep 0.02; done
        sleep "0.0$i"
        kill "$pid"
        kill "$pid" 2>/dev/null || true
        status=0
        wait "$pid" || status=$?
        [ "$status" -eq 143 ]
        log_is_whole
    done
}

@test "an uncaught exception ends as it would, and is reported" {
    ulimit -c 0
    compile_cxx throws <<<'#include <stdexcept>
#include <cstdlib>
int main() { void *volatile p = std::malloc(77); p = nullptr; throw std::runtime_error("why"); }'
    exits 134 "$leakcheck" -q ./throws
    expect 'what():  why'
    expect 'signal 6 (SIGABRT)'
    expect '77 bytes in 1 blocks are definitely lost'
}

@test "the first process of a container: what is sent to it is nothing to it, a fault ends it" {
    unshare -pf true 2>/dev/null || skip "no pid namespaces here: not allowed to unshare"
    ulimit -c 0
    exits 0 under unshare -pf "$deaths" term
    [ "$output" = lives ]
    grep -q '^process pid=1 .* end=status value=0 ' "$log"
    exits 139 under unshare -pf "$deaths" null_page
    grep -q '^process pid=1 .* end=signal value=11 ' "$log"
}

# crashes HOW SIGNAL: what the report says stands in $stderr.
crashes() {
    exits $((128 + $2)) "$leakcheck" -q "$deaths" "$1"
    expect "Process terminating with default action of signal $2 (SIG"
    expect '1 crash; exit'
    matches ' at 0x[0-9A-F]+: '"${3-$1}"' .deaths\.c:[0-9]+.$'
    matches ' In thread [0-9]+ .deaths.$'
    expect '77 bytes in 1 blocks are definitely lost'
}

# A line of $stderr is like it.
matches() {
    grep -qE -e "$1" <<<"$stderr" || fail "no line like $1"
}

@test "what the address is: a null pointer, nothing, no permission, no address" {
    ulimit -c 0
    crashes null_page 11
    expect ' Access not within mapped region at address 0x10'
    expect ' Address 0x10 is 16 bytes behind a null pointer'
    crashes hole 11
    matches ' Address 0x[0-9A-F]+ is not mapped$'
    matches ' 80 bytes below it: anonymous mapping$'
    matches ' 4,016 bytes above it: '
    crashes constant 11
    expect ' Bad permissions for mapped region at address'
    matches ' bytes inside constants of .*/deaths, which is r--: it was written to$'
    crashes non_canonical 11
    expect ' General Protection Fault'
    matches ' = 0x8000000000000010: no address \(non-canonical\)$'
    crashes past_named_file 7
    expect ' Non-existent physical address at address'
    matches ' is mapped from a file, 4,094 bytes past its end at 10: .*/short$'
}

@test "where a jump has led to, and who jumped" {
    ulimit -c 0
    crashes jump 11
    expect ' Jump to the invalid address 0x0'
    crashes run_data 11
    matches ' bytes inside data of .*/deaths, which is rw-: it was jumped to$'
}

@test "an overflow, of which stack" {
    ulimit -c 0
    crashes overflow 11 deeper
    matches ' bytes below the stack of the main thread: stack overflow$'
    [ "$(grep -c deeper <<<"$stderr")" -lt 30 ]
    crashes overflow_in_thread 11 deeper
    matches ' bytes below the stack of thread [0-9]+: stack overflow$'
    expect overflow_there
}

@test "a block: the address in it, past it, before it; a register that points into one that was freed" {
    ulimit -c 0
    crashes in_block 11
    matches ' is 8 bytes inside a block of size 4,096 alloc.d$'
    matches ' by 0x[0-9A-F]+: guarded .deaths.c:'
    crashes past_block 11
    matches ' is 24 bytes after a block of size 4,096 alloc.d$'
    crashes before_block 11
    matches ' is 116 bytes before a block of size 1,048,576 alloc.d$'
    matches ' Address 0x[0-9A-F]+ is not mapped$'
    crashes in_freed 11
    matches ' r[a-z0-9]+ *= 0x[0-9A-F]+: 0 bytes inside a block of size 1,000 free.d, alloc.d by in_freed .deaths.c:'
    exits 0 "$leakcheck" -q --error-exitcode=0 "$deaths"
    expect_not Address
}

@test "a register that points into a module: the function, or the variable" {
    exits 139 "$leakcheck" -q "$deaths" null_page
    matches ' r[a-z0-9]+ *= 0x[0-9A-F]+: global `ways`.* in deaths$'
}

@test "a signal that was sent: by whom, and where it came; quietly, only that of an error" {
    exits 143 "$leakcheck" "$deaths" term
    expect ' Sent by the process itself'
    matches ' by 0x[0-9A-F]+: self .deaths.c:'
    expect_not '1 crash;'
    exits 143 "$leakcheck" -q "$deaths" term
    expect_not Process
    exits 134 "$leakcheck" -q "$deaths" asserts
    matches ' by 0x[0-9A-F]+: asserts .deaths.c:'
    exits 139 "$leakcheck" --crash-report=no "$deaths" null_page
    expect 'signal 11 (SIGSEGV)'
    expect_not Address
}

@test "without leakcheck-report: the same, with names of symbol tables" {
    exits 139 "$leakcheck" -q --symbolizer=no "$deaths" null_page
    matches ' at 0x[0-9A-F]+: null_page .in .*/deaths.$'
    expect ' Address 0x10 is 16 bytes behind a null pointer'
}

@test "of a child: below the command, which goes on; its crash does not fail the run" {
    compile clean <<<'int main(void) { return 0; }'
    exits 0 "$leakcheck" -q --error-exitcode=9 --show-leak-kinds=none --errors-for-leak-kinds=none sh -c "'$deaths' null_page; exit 0"
    expect ' Access not within mapped region at address 0x10'
    exits 0 "$leakcheck" --memory-map=no --error-exitcode=0 sh -c "'$deaths' null_page; '$deaths' term; true"
    matches ' sig  11  .*/deaths null_page$'
    matches ' sig  15  .*/deaths term$'
    [ "$(grep -c 'Process terminating' <<<"$stderr")" -eq 1 ]
}

@test "the log and JSON have it all, and the log is read as it was written" {
    exits 139 "$leakcheck" -q --record="$log" --output=json:crash.json "$deaths" in_block
    grep -q '^crash signal=11 code=2 .* access=write ' "$log"
    grep -q '^place of=address kind=block .* offset=8 size=4096 ' "$log"
    /usr/bin/python3 - "$BATS_TEST_DIRNAME/../../tools/formats/leakcheck.schema.json" <<'EOF'
import json, sys
report, schema = json.load(open("crash.json")), json.load(open(sys.argv[1]))
try:
    import jsonschema
    jsonschema.validate(report, schema)
except ImportError:
    pass
crash = report["processes"][0]["crash"]
assert (crash["signal"], crash["access"], crash["stack"][0]["function"]) == (11, "write", "in_block"), crash
block = [p for p in crash["places"] if p["kind"] == "block" and p["register"] is None]
assert [(p["offset"], p["size"], p["stack"][1]["function"]) for p in block] == [(8, 4096, "guarded")], block
assert report["verdict"]["crashes"] == 1
EOF
    exits 0 "$report" -q "$log"
    [[ $output == *'is 8 bytes inside a block of size 4,096 alloc'* ]]
}
