#!/usr/bin/env bats
# A run of several processes: one report, by the command when it ends, or by whoever stays behind.
load common

setup() {
    own_tmpdir
}

@test "one report for all: each stack once, in how many processes, which commands; the control is clean" {
    cp "$samples/leak" other
    exits 23 "$leakcheck" --memory-map=no sh -c "$samples/leak; ./other; $samples/leak; $samples/tree-control"
    expect 'leakcheck, 5 processes:'
    expect '576 bytes in 9 blocks are definitely lost'
    expect 'seen in 3 of 5 processes: leak, other'
    [ "$(grep -c 'definitely lost in' <<<"$stderr")" -eq 1 ] || fail
    [ "$(grep -c 'HEAP SUMMARY' <<<"$stderr")" -eq 1 ] || fail
    tmpdir_is_empty
    exits 0 "$leakcheck" -q sh -c "$samples/leak-control; $samples/tree-control; true"
    [ -z "$stderr" ] || fail
    tmpdir_is_empty
}

@test "the report has the command's pid, first line, and memory map" {
    exits 23 "$leakcheck" sh -c "$samples/leak; echo \$\$"
    pid=${output##*$'\n'}
    [ -z "$(grep -v "^==$pid==" <<<"$stderr")" ] || fail
    [[ ${stderr_lines[0]} == "==$pid== 1 leak, 192 bytes definitely lost; exit 23" ]] || fail
    [[ ${stderr_lines[3]} == "==$pid== "*"sh -c"* ]] || fail
    [ "$(grep -c 'MEMORY MAP' <<<"$stderr")" -eq 1 ] || fail
    expect 'of which leakcheck'
}

@test "a log file is one for all; with %p each process has its own" {
    exits 23 "$leakcheck" -q --log-file=report sh -c "$samples/leak; $samples/leak; true"
    [ -z "$stderr" ]
    grep -q '384 bytes in 6 blocks' report
    exits 0 "$leakcheck" -q --log-file=each.%p sh -c "$samples/leak; $samples/leak; true"
    [ "$(cat each.* | grep -c '192 bytes in 3 blocks')" -eq 2 ]
}

@test "a leak below the command fails the run; errors-for-children=no: only its own" {
    exits 23 "$leakcheck" -q sh -c "$samples/leak; exit 0"
    exits 5 "$leakcheck" -q sh -c "$samples/leak; exit 5"
    exits 0 "$leakcheck" -q --errors-for-children=no sh -c "$samples/leak; exit 0"
    expect '192 bytes in 3 blocks'
    exits 23 "$leakcheck" -q --errors-for-children=no sh -c "exec $samples/leak"
    exits 0 "$leakcheck" -q --error-exitcode=0 sh -c "$samples/leak; exit 0"
}

@test "many short commands: a line for those with leaks, a number for the others" {
    exits 23 "$leakcheck" sh -c "for i in \$(seq 60); do echo \$i | cat; done; $samples/leak" -- >out
    expect 'seen in 1 of '
    grep -qE 'and [0-9]+ more with nothing to report' <<<"$stderr" || fail
    [ "$(grep -c ' exit ' <<<"$stderr")" -le 4 ] || fail
}

@test "who ends after the command reports for himself" {
    "$leakcheck" -q sh -c "(sleep 0.4; exec $samples/leak) >/dev/null & true" 2>err
    tmpdir_is_empty
    [ ! -s err ]
    for _ in $(seq 50); do
        grep -q '192 bytes in 3 blocks are definitely lost' err && break
        sleep 0.1
    done
    grep -q '192 bytes in 3 blocks are definitely lost' err
    ! grep 'seen in' err
}

@test "a child that may no longer open the run's folder reports there all the same" {
    [ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
    compile drops <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0) {
        if (chroot("tmp") || chdir("/") || setgid(65534) || setuid(65534)) return 9;
        for (int fd = 0; fd < 1024; fd++) if (fd < 1000) close(fd);
        malloc(30);
        exit(0);
    }
    wait(NULL);
    return 0;
}
END
    exits 23 "$leakcheck" -q ./drops
    expect '30 bytes in 1 blocks are '
    expect 'seen in 1 of 2 processes: drops'
}

@test "child-silent-after-fork: nothing of forked children, but of programs that they start" {
    compile forks <<END
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (fork() == 0) {
        malloc(30);
        if (argc > 1) execl("$samples/leak", "leak", (char *)0);
        exit(0);
    }
    wait(NULL);
    return 0;
}
END
    exits 23 "$leakcheck" -q ./forks
    exits 0 "$leakcheck" -q --child-silent-after-fork=yes ./forks
    [ -z "$stderr" ] || fail
    exits 23 "$leakcheck" -q --child-silent-after-fork=yes ./forks exec
    expect '192 bytes in 3 blocks'
    expect_not '30 bytes'
}

@test "the command is killed: what ran below it is reported, and who was killed is said" {
    status=0
    "$leakcheck" sh -c "$samples/leak; kill -9 \$\$" >out 2>err || status=$?
    [ "$status" -eq 137 ]
    tmpdir_is_empty
    grep -q 'was killed by SIGKILL' err
    grep -q '192 bytes in 3 blocks are definitely lost' err
    "$leakcheck" -q --log-file=report sh -c "$samples/leak; kill -9 \$\$" >out 2>err || true
    tmpdir_is_empty
    grep -q '192 bytes in 3 blocks are definitely lost' report
}

@test "root paths and what hangs from a leak are there in a report on several, too" {
    exits 23 "$leakcheck" -q --show-leak-kinds=all --show-tree=yes sh -c "$samples/tree; $samples/tree; true"
    expect '  +-> 48 bytes in 2 blocks hang from it'
}

@test "processes that end at once: no log is lost, none is mixed with another" {
    compile swarm <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    for (int i = 0; i < 40; i++)
        if (fork() == 0) {
            malloc(100);
            exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return 0;
}
END
    exits 23 "$leakcheck" -q ./swarm
    expect '4,000 bytes in 40 blocks are definitely lost'
    expect 'seen in 40 of 41 processes: swarm'
}

@test "a process that left no report is named, and how it ended; one that goes on is not" {
    compile mute <<'END_OF_C'
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (fork() == 0) {
        if (argc == 1) _exit(0);
        if (argv[1][0] == 'k') raise(SIGKILL);
        if (argv[1][0] == 's') __asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(3));
        setsid(), close(1), close(2), sleep(1), _exit(0);
    }
    if (argc > 2) usleep(100000);
    else if (argc == 1 || argv[1][0] != 'g') wait(0);
    return 0;
}
END_OF_C
    exits 0 "$leakcheck" -q ./mute
    [ -z "$stderr" ] || fail
    exits 0 "$leakcheck" -q ./mute kill
    expect '(mute) was killed by SIGKILL: there is no report on it'
    exits 0 "$leakcheck" -q ./mute kill unseen # is waited for by nobody
    expect '(mute) was killed by SIGKILL: there is no report on it'
    exits 0 "$leakcheck" -q ./mute system-call
    expect '(mute) is gone and left no report'
    exits 0 "$leakcheck" -q ./mute system-call unseen
    expect '(mute) ended with status 3 and left no report'
    exits 0 "$leakcheck" -q ./mute goes-on
    [ -z "$stderr" ] || fail
    tmpdir_is_empty
}

@test "report-at-exec: what a process had before it became another program; else it is not missed" {
    compile becomes <<'END_OF_C'
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    malloc(77);
    if (execv("/no/such/program", argv) == 0) return 8;
    execlp(argv[1], argv[1], argv[2], (char *)0);
    return 9;
}
END_OF_C
    exits 0 "$leakcheck" -q ./becomes "$samples/leak-control"
    [ -z "$stderr" ] || fail
    exits 0 "$leakcheck" -q sh -c "./becomes true; true"
    [ -z "$stderr" ] || fail
    exits 23 "$leakcheck" --report-at-exec=yes ./becomes ./becomes true
    expect '154 bytes in 2 blocks are definitely lost'
    expect 'seen in 2 of 3 processes: becomes'
    [ "$(grep -c '     exec  ./becomes' <<<"$stderr")" -eq 2 ] || fail
    exits 23 "$leakcheck" -q --report-at-exec=yes sh -c "./becomes true; true"
    expect '77 bytes in 1 blocks are definitely lost'
    tmpdir_is_empty
}
