#!/usr/bin/env bats
# A running process is checked: what it is told, and that the process sees nothing of it.
load common

setup() {
    own_tmpdir
    pids=()
}

teardown() {
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait
}

# start NAME ARGS...: $BATS_TEST_TMPDIR/NAME in the background under the library, once it has said "ready": $pid.
start() {
    local name=$1
    shift
    LD_PRELOAD=$library LEAKCHECK_OPTIONS="symbolizer=no:log-file=/dev/null${options:+:$options}" \
        "./$name" "$@" >"$name.out" 2>"$name.err" 3>&- &
    pid=$!
    pids+=("$pid")
    for _ in $(seq 200); do
        grep -q ready "$name.out" && return
        sleep 0.05
    done
    fail "$name did not start: $(cat "$name.err")"
}

# check ARGS...: of $pid; the log is in $log.
check() {
    exits 0 "$report" --now "$pid" --record="$log" "$@"
    log_is_whole
}

# The program is at it, as it was, and has said nothing else.
goes_on() {
    kill -0 "$pid" || fail "it ended"
    [ ! -s "$1.err" ] || fail "it said: $(cat "$1.err")"
    for _ in $(seq 60); do # the last one's end may have to be looked for
        [ -z "$(ps -o pid= --ppid "$pid")" ] || sleep 0.05
    done
    [ -z "$(ps -o pid= --ppid "$pid")" ] || fail "it has children: $(ps --ppid "$pid")"
}

# A program that waits for a line of input, after what is in front of it.
waiting='
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define NOINLINE __attribute__((noinline))
static void *volatile sink;
static void ready(void) { write(1, "ready\n", 6); }
static void die(const char *what) { perror(what); exit(9); }
'
losing=$waiting'
static NOINLINE void lose(int n) { while (n--) sink = malloc(100); sink = NULL; }
static void *volatile held;
'

@test "a leak is found while the program runs, and its twin has none; the program goes on" {
    compile leaks <<<"$losing int main(void) { held = malloc(77); lose(10); ready(); for (;;) pause(); }"
    compile control <<<"$losing int main(void) { held = malloc(77); ready(); for (;;) pause(); }"
    start leaks
    check
    [[ $output == *'1 leak, 1,000 bytes definitely lost'* && $output == *'check number 1, for which it stood still for '* ]] ||
        fail "not told"
    [ "$(sum leak blocks kind=definite)" = 10 ]
    [ "$(sum leak bytes kind=reachable)" = 77 ]
    [ "$(sum moment copy)" = 1 ]
    check
    [ "$(sum moment number)" = 2 ]
    goes_on leaks
    start control
    check
    [ "$(sum leak blocks kind=definite)" = 0 ]
    [ "$(sum leak bytes kind=reachable)" = 77 ]
    goes_on control
}

@test "the copy has what the process has: threads, registers, thread-local storage, and who has ended" {
    compile many <<<"$losing"'
static __thread void *volatile of_thread;
static void *work(void *n)
{
    void *volatile on_stack = malloc(1000 + (long)n);
    of_thread = malloc(2000 + (long)n);
    lose(1);
    if ((long)n == 3)
        return malloc(3000);
    for (;;)
        pause();
    return on_stack;
}
static void *spin(void *unused)
{
    register void *only asm("r12") = malloc(4000);
    for (;;)
        asm volatile("" : "+r"(only));
}
int main(void)
{
    pthread_t t[5];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, (void *)i);
    pthread_create(&t[4], NULL, spin, NULL);
    usleep(100000);
    ready();
    poll(NULL, 0, -1);
}'
    start many
    check --memory-map=no
    sed -n 's/^leak \(kind=[a-z]* bytes=[0-9]* blocks=[0-9]*\).* stack=.*/\1/p' "$log" | sort >copy
    [ "$(sum leak bytes kind=reachable)" -ge $((3003 + 6003 + 3000 + 4000)) ]
    kill "$pid"
    options=without=clone start many
    check --memory-map=no
    [ "$(sum moment copy)" = 0 ]
    sed -n 's/^leak \(kind=[a-z]* bytes=[0-9]* blocks=[0-9]*\).* stack=.*/\1/p' "$log" | sort >in_place
    diff copy in_place
}

@test "two checks are two logs, which are compared, merged and converted like any other" {
    compile grows <<<"$losing"'
static void on(int s) { lose(3); }
int main(void) { signal(SIGUSR1, on); lose(1); ready(); for (;;) pause(); }'
    start grows
    check
    cp "$log" first
    kill -USR1 "$pid"
    sleep 0.1
    check --output=json:second.json
    exits 1 "$report" --diff first "$log"
    [[ $output == *'new '*'+300 bytes +3 blocks'* ]] || fail "not grown"
    exits 0 "$report" first "$log" --memory-map=no
    [ "$(jq '.processes[0].moment.number, .processes[0].end' second.json | xargs)" = '2 running' ]
}

@test "who can't be asked is told why in one line: no process, not ours, stopped, blocked, taken away, switched off" {
    compile waits <<<"$waiting int main(void) { ready(); for (;;) pause(); }"
    refused() {
        exits 2 "$report" --now "$1" --timeout=1
        one_line_of_stderr
        expect "$2"
    }
    refused 4194304 'there is no such process'
    refused x "takes the number of a process, not 'x'"
    sleep 100 3>&- &
    pids+=($!)
    refused $! 'it does not run under leakcheck: start it with'
    options=control=no start waits
    refused "$pid" 'it was started with control=no'
    start waits
    kill -STOP "$pid"
    refused "$pid" 'it is stopped'
    kill -CONT "$pid"
    check
    goes_on waits
    compile blocks <<<"$waiting"'
int main(void) { sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0); ready(); for (;;) pause(); }'
    start blocks
    refused "$pid" 'blocks SIGURG'
    goes_on blocks
    compile takes <<<"$waiting int main(void) { signal(SIGURG, SIG_IGN); ready(); for (;;) pause(); }"
    start takes
    refused "$pid" 'it has taken SIGURG away'
    goes_on takes
}

@test "with a signal of the user's choice, where the program needs the usual one" {
    compile takes <<<"$losing int main(void) { signal(SIGURG, SIG_IGN); lose(2); ready(); for (;;) pause(); }"
    options=control=RTMAX-5 start takes
    check
    [ "$(sum leak blocks kind=definite)" = 2 ]
    goes_on takes
    options=control=nonsense start takes
    grep -q "^leakcheck: option 'control' takes a signal, not 'nonsense'$" takes.err
}

@test "a program that reads all signals for itself sees none of ours: signalfd, sigwait" {
    compile reads <<<"$waiting"'
int main(void)
{
    sigset_t all; struct signalfd_siginfo info;
    sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0);
    int fd = signalfd(-1, &all, 0);
    ready();
    for (;;) { read(fd, &info, sizeof info); fprintf(stderr, "signal %d\n", info.ssi_signo); }
}'
    compile waits <<<"$waiting"'
int main(void)
{
    sigset_t all; int s;
    sigfillset(&all); sigprocmask(SIG_BLOCK, &all, 0);
    ready();
    for (;;) { sigwait(&all, &s); fprintf(stderr, "signal %d\n", s); }
}'
    for program in reads waits; do
        start "$program"
        exits 2 "$report" --now "$pid" --timeout=1
        one_line_of_stderr
        goes_on "$program"
    done
}

@test "a fork's child has its own checks, and a program that it becomes, too" {
    compile forks <<<"$losing"'
int main(int argc, char **argv)
{
    if (argc > 1) { lose(5); printf("child %d\n", getpid()); fflush(stdout); for (;;) pause(); }
    lose(1);
    if (fork() == 0) { lose(2); printf("child %d\n", getpid()); fflush(stdout); for (;;) pause(); }
    if (fork() == 0) execl(argv[0], argv[0], "x", NULL);
    usleep(300000);
    ready();
    for (;;) pause();
}'
    start forks
    parent=$pid
    blocks=
    for pid in $(sed -n 's/^child //p' forks.out | sort -n) "$parent"; do
        pids+=("$pid")
        check
        blocks+="$(sum leak blocks kind=definite) "
    done
    [ "$blocks" = '2 5 1 ' ] || fail "blocks: $blocks"
}

@test "whoever else asks, or finds the socket, gets nothing, and the program does not care" {
    compile waits <<<"$losing int main(void) { lose(1); ready(); for (;;) pause(); }"
    start waits
    folder=/tmp/leakcheck-$(id -u)
    /usr/bin/python3 - "$pid" "$folder" <<'END'
import ctypes, os, signal, socket, sys, threading, time
pid, folder = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None)
def send(value):
    info = (ctypes.c_byte * 128)()
    ctypes.memmove(info, ctypes.byref((ctypes.c_int * 4)(signal.SIGURG, 0, -1, 0)), 16)
    ctypes.memmove(ctypes.addressof(info) + 24, ctypes.byref(ctypes.c_uint64(value)), 8)
    libc.syscall(297, pid, pid, signal.SIGURG, info)
for value in 0, 1, 0x4c434b3100000001, 0x4c434b3100000002, 0x4c434b31ffffffff, 0xffffffffffffffff:
    for i in range(200):
        send(value)                       # nobody waits for an answer
os.makedirs(folder, 0o700, exist_ok=True)
path = f'{folder}/{pid}'
s = socket.socket(socket.AF_UNIX)         # one who never accepts, never reads
s.bind(path); s.listen(1)
for i in range(20):
    send(0x4c434b3100000001); time.sleep(0.01)
s.close(); os.unlink(path)
END
    check
    [ "$(sum leak blocks kind=definite)" = 1 ]
    goes_on waits
    for _ in 1 2 3 4 5 6; do
        "$report" --now "$pid" -q >/dev/null 2>>several.err &
        several+=($!)
    done
    for each in "${several[@]}"; do
        wait "$each" || fail "$(cat several.err)"
    done
    goes_on waits
    [ ! -e "$folder/$pid" ]
}

@test "a folder that others can use is not used" {
    [ "$(id -u)" = 0 ] || skip 'only root can run a process as somebody else'
    compile waits <<<"$waiting int main(void) { setuid(61234); ready(); for (;;) pause(); }"
    folder=/tmp/leakcheck-61234
    rm -rf "$folder"
    start waits
    check
    [ "$(stat -c '%u %a' "$folder")" = '61234 700' ]
    chmod 755 "$folder"
    exits 2 "$report" --now "$pid"
    expect 'is not a folder that only user 61234 can use'
    rm -rf "$folder"
    mkdir "$folder.other"
    ln -s "$folder.other" "$folder"
    exits 2 "$report" --now "$pid"
    expect 'is not a folder that only user 61234 can use'
    rm -rf "$folder" "$folder.other"
    check
    rm -rf "$folder"
    goes_on waits
}

@test "what a check interrupts goes on: each kind of wait, in a program that takes EINTR for a failure" {
    compile sleeps -lrt <<<"$waiting"'
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <semaphore.h>
#include <sys/syscall.h>
#define MS 700
static const struct timespec T = {0, MS * 1000000};
static int pipes[2], ep, sems, queue;
static sem_t sem;
static void on(int s) {}
static int w_poll(void) { return poll(NULL, 0, MS); }
static int w_ppoll(void) { return ppoll(NULL, 0, &T, NULL); }
static int w_select(void) { struct timeval t = {0, MS * 1000}; return select(0, 0, 0, 0, &t); }
static int w_pselect(void) { return pselect(0, 0, 0, 0, &T, NULL); }
static int w_epoll(void) { struct epoll_event e; return epoll_wait(ep, &e, 1, MS); }
static int w_epoll_pwait(void) { struct epoll_event e; sigset_t s; sigemptyset(&s); return epoll_pwait(ep, &e, 1, MS, &s); }
static int w_epoll_pwait2(void) { struct epoll_event e; return epoll_pwait2(ep, &e, 1, &T, NULL); }
static int w_nanosleep(void) { return nanosleep(&T, NULL); }
static int w_nanosleep_left(void) { struct timespec t = T; return nanosleep(&t, &t); }
static int w_usleep(void) { return usleep(MS * 1000); }
static int w_sleep(void) { return sleep(1); }
static int w_clock_abs(void)
{
    struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec++; errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL); return errno;
}
static int w_semop(void)
{
    struct sembuf b = {0, -1, 0};
    return semtimedop(sems, &b, 1, &T) == -1 && errno == EAGAIN ? 0 : -1;
}
static int w_sem(void)
{
    struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_sec++;
    return sem_timedwait(&sem, &t) == -1 && errno == ETIMEDOUT ? 0 : -1;
}
static int w_read(void) { char c; return read(pipes[0], &c, 1) - 1; }
static int w_poll_ever(void) { struct pollfd p = {pipes[0], POLLIN}; return poll(&p, 1, -1) - 1; }
static int w_epoll_ever(void)
{
    int fd = epoll_create1(0); struct epoll_event e = {EPOLLIN};
    epoll_ctl(fd, EPOLL_CTL_ADD, pipes[0], &e);
    int n = epoll_wait(fd, &e, 1, -1) - 1; close(fd); return n;
}
static int w_msgrcv(void) { struct { long type; char c; } m; return msgrcv(queue, &m, 1, 0, 0) - 1; }
static struct { const char *name; int (*wait)(void); int is_endless; } waits[] = {
    {"poll", w_poll}, {"ppoll", w_ppoll}, {"select", w_select}, {"pselect", w_pselect}, {"epoll", w_epoll},
    {"epoll_pwait", w_epoll_pwait}, {"epoll_pwait2", w_epoll_pwait2}, {"nanosleep", w_nanosleep}, {"left", w_nanosleep_left},
    {"usleep", w_usleep}, {"sleep", w_sleep}, {"clock", w_clock_abs}, {"semop", w_semop}, {"sem", w_sem},
    {"read", w_read, 1}, {"poll_ever", w_poll_ever, 1}, {"epoll_ever", w_epoll_ever, 1}, {"msgrcv", w_msgrcv, 1},
};
#define N (sizeof waits / sizeof waits[0])
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }
static void *work(void *at)
{
    int i = (long)at;
    for (int k = 0; k < (waits[i].is_endless ? 1 : 3); k++) {
        double start = now();
        errno = 0;
        int rc = waits[i].wait();
        if (rc) fprintf(stderr, "%s: %d %s\n", waits[i].name, rc, strerror(errno));
        if (!waits[i].is_endless && now() - start < MS - 1) fprintf(stderr, "%s: early, %.1f ms\n", waits[i].name, now() - start);
    }
    return NULL;
}
int main(int argc, char **argv)
{
    pthread_t t[N];
    struct { long type; char c; } m = {1};
    signal(SIGALRM, on);
    pipe(pipes); ep = epoll_create1(0); sem_init(&sem, 0, 0);
    sems = semget(IPC_PRIVATE, 1, 0600); queue = msgget(IPC_PRIVATE, 0600);
    if (argc > 1) { /* one thread, one wait after the other */
        ready();
        for (long i = 0; i < N; i++) if (!waits[i].is_endless) work((void *)i);
    } else {
        for (long i = 0; i < N; i++) pthread_create(&t[i], NULL, work, (void *)i);
        ready();
        sleep(3);
        write(pipes[1], "xxx", 3); msgsnd(queue, &m, 1, 0);
        for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
    }
    alarm(2);
    if (pause() != -1 || errno != EINTR) die("pause");
    semctl(sems, 0, IPC_RMID); msgctl(queue, IPC_RMID, NULL);
    write(1, "done\n", 5);
    for (;;) pause();
}'
    for how in '' alone; do
        start sleeps $how
        until grep -q 'done' sleeps.out; do
            "$report" --now "$pid" -q --memory-map=no >/dev/null 2>now.err || { cat now.err sleeps.err; false; }
        done
        [ ! -s sleeps.err ] || { cat sleeps.err; false; }
        check
        [ "$(sum moment number)" -gt 10 ]
        goes_on sleeps
    done
}

@test "a call that was not to wait is interrupted, too, and goes on" {
    compile polls <<<"$waiting"'
int main(void)
{
    static struct pollfd many[512]; /* a call that takes long, so that most signals meet it */
    int pipes[2];
    pipe(pipes);
    for (int i = 0; i < 512; i++) many[i] = (struct pollfd){pipes[0], POLLIN};
    ready();
    while (poll(many, 512, 0) == 0);
    die("poll");
}'
    start polls
    for _ in $(seq 20); do
        "$report" --now "$pid" -q --memory-map=no >/dev/null
    done
    check
    goes_on polls
}

growing=$waiting'
static void *volatile unbounded[1000000], *volatile bounded[300];
static size_t un, bn;
static NOINLINE void cache_forever(void) { unbounded[un++] = malloc(200); }
static NOINLINE void cache_some(void) { free(bounded[bn % 300]); bounded[bn++ % 300] = malloc(1000); }
static NOINLINE void slow_leak(void) { sink = malloc(64); sink = NULL; }
static NOINLINE void request(unsigned n)
{
    void *a = malloc(300), *b = malloc(50 + n % 1000);
    cache_some();
    if (n % 10 == 0) cache_forever();
    if (n % 1000 == 0) slow_leak();
    free(b); free(a);
}
int main(void)
{
    for (unsigned n = 0;; n++) {
        if (n == 1000) ready();
        request(n);
        if (n % 100 == 0) usleep(1000);
    }
}'

@test "what grows is named, first, also where all of it is reachable; a cache that fills and stays is not" {
    compile grows <<<"$growing"
    start grows
    exits 1 "$report" --now "$pid" --diff --interval=1
    [[ ${lines[0]} == grown*'in `cache_forever`, called from `request`' ]] || fail "not first"
    [[ ${lines[1]} == grown*'are lost) in `slow_leak`, called from `request`' ]] || fail "not second"
    [[ $output != *cache_some* ]] || fail "the bounded cache"
    for look in 1 2 3 4 5 6; do
        check --memory-map=no
        cp "$log" "kept.$look"
        sleep 0.5
    done
    exits 1 "$report" --now "$pid" --diff kept.1
    [[ ${lines[0]} == grown*cache_forever* ]]
    exits 1 "$report" --growth kept.?
    [[ ${lines[3]} == GROWS*'in `cache_forever`'* && ${lines[4]} == GROWS*'in `slow_leak`'* &&
        ${lines[5]} == '2 only grow, of 3 places' ]] || fail "growth"
    goes_on grows
    exits 2 "$report" --growth kept.1
}

@test "--watch: lines where there is no terminal, until the process ends" {
    compile grows <<<"$growing"
    start grows
    exits 1 "$report" --watch "$pid" --interval=1 --looks=5
    [ "$(grep -c "^process $pid: look " <<<"$output")" = 5 ]
    [[ $output == *'2 only grow, of 3 places'* ]] || fail "growth"
    "$report" --watch "$pid" --interval=1 >watched 2>watched.err &
    watcher=$!
    until [ -s watched ]; do sleep 0.1; done
    kill "$pid"
    wait "$watcher" || fail "its status"
    [ "$(wc -l <watched.err)" = 1 ]
    exits 2 "$report" --watch "$pid" --interval=1
    one_line_of_stderr
}

@test "--watch on a terminal: in place, drawn anew when its size changes, q and ^C quit, the terminal is as it was" {
    compile grows <<<"$growing"
    start grows
    /usr/bin/python3 - "$report" "$pid" <<'END' || fail "see above"
import fcntl, os, pty, select, signal, struct, sys, termios, time
def watch(end):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(sys.argv[1], [sys.argv[1], '--watch', sys.argv[2], '--interval=60'])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 12, 50, 0, 0))
    before = termios.tcgetattr(fd)
    seen = b''
    def read(until, seconds=30):
        nonlocal seen
        stop = time.monotonic() + seconds
        while until not in seen:
            assert time.monotonic() < stop, seen
            if select.select([fd], [], [], 1)[0]:
                seen += os.read(fd, 65536)
        text, seen = seen.partition(until)[0] + until, seen.partition(until)[2]
        return text
    first = read(b'q quits')
    assert b'\x1b[?1049h' in first, first
    assert not termios.tcgetattr(fd)[3] & termios.ECHO
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 30, 100, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    again = read(b'q quits')
    assert max(map(len, first.split(b'\r\n'))) < 80 < max(map(len, again.split(b'\r\n'))), (first, again)
    if end == b'q':
        os.write(fd, end)
    else:
        os.kill(pid, signal.SIGINT)
    read(b'\x1b[?1049l')
    time.sleep(0.3)
    assert termios.tcgetattr(fd)[3] == before[3]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
watch(b'q')
watch(b'\x03')
END
    goes_on grows
}

# snapshots COUNT: there are so many logs by now, all whole.
snapshots() {
    for _ in $(seq 100); do
        [ "$(grep -ls '^end ' snap."$pid".*.lclog | wc -l)" -ge "$1" ] && break
        sleep 0.1
    done
    for each in snap."$pid".*.lclog; do
        log_is_whole "$each"
    done
    [ "$(ls snap."$pid".*.lclog | wc -l)" -ge "$1" ] || fail "not $1: $(ls)"
}

@test "snapshots: at a signal, every second, at a size, and when the program asks; without options there are none" {
    compile leaks <<<"$losing int main(void) { lose(4); ready(); for (;;) pause(); }"
    options=check-signal=USR2:snapshots=snap start leaks
    kill -USR2 "$pid"
    snapshots 1
    log=snap.$pid.1.lclog
    [ "$(sum leak blocks kind=definite) $(sum moment copy)" = '4 1' ]
    goes_on leaks
    options=interval=1:snapshots=snap start leaks
    snapshots 3
    exits 0 "$report" --growth snap."$pid".*.lclog
    kill -0 "$pid"
    compile grows <<<"$waiting"'
int main(void)
{
    ready();
    for (int i = 0; i < 200; i++) { char *p = malloc(1 << 20); memset(p, 1, 1 << 20); sink = p; usleep(15000); }
    for (;;) pause();
}'
    options='snapshot-at=rss\:60M:snapshot-at=live\:120M:snapshots=snap' start grows
    snapshots 2
    sleep 1.5
    [ "$(ls snap."$pid".*.lclog | wc -l)" = 2 ]
    log=snap.$pid.1.lclog
    [ "$(sum memory rss)" -ge $((60 << 20)) ]
    [ ! -s grows.err ]
    compile asks "-I$BATS_TEST_DIRNAME/../../include" <<<'#include "leakcheck/leakcheck.h"'"$losing"'
int main(void) { lose(6); if (leakcheck_snapshot() != 1) die("snapshot"); ready(); for (;;) pause(); }'
    options=snapshots=snap start asks
    snapshots 1
    log=snap.$pid.1.lclog
    [ "$(sum leak blocks kind=definite)" = 6 ]
    [ ! -s asks.err ]
    start leaks
    kill -URG "$pid"
    sleep 0.2
    [ -z "$(ls -- *."$pid".*.lclog 2>/dev/null)" ]
    goes_on leaks
    options=check-signal=x:snapshot-at=foo:interval=1:snapshots=/nowhere/x start leaks
    sleep 1.2
    [ "$(cat leaks.err)" = "leakcheck: option 'check-signal' takes a signal, not 'x'
leakcheck: option 'snapshot-at' takes rss:BYTES or live:BYTES (K, M, G), not 'foo'" ]
    kill -0 "$pid"
}

@test "a process whose first thread has ended can be asked, too" {
    compile goes <<<"$losing"'
static void *stay(void *unused) { lose(3); ready(); for (;;) pause(); return unused; }
int main(void) { pthread_t t; pthread_create(&t, NULL, stay, NULL); usleep(50000); pthread_exit(NULL); }'
    start goes
    until grep -q '^State:.Z' "/proc/$pid/status"; do sleep 0.05; done
    check
    [ "$(sum leak blocks kind=definite) $(sum moment copy)" = '3 1' ]
    kill -0 "$pid"
}
