#!/usr/bin/env bats
# --survive-kill=yes: a process that SIGKILL ends is reported all the same.
load common

setup() {
    own_tmpdir
    surviving=("$leakcheck" --survive-kill=yes --log-file=report)
}

# The processes of leakcheck that belong to this test; one that waits for init to look at it has no environment.
ours() {
    for pid in $(pgrep -x leakcheck); do
        ! grep -qsz "^TMPDIR=$TMPDIR" "/proc/$pid/environ" || echo "$pid"
    done
}

# The report comes a moment after the end.
nobody_is_left() {
    for _ in $(seq 100); do
        [ -n "$(ls -A tmp)" ] || [ -n "$(ours)" ] || return 0
        sleep 0.05
    done
    fail "left: $(ls -AR tmp) $(ours)"
}

# killed [ARGS...]: kills itself with what it has made, and freed of that when there is a first argument.
killed() {
    compile killed <<'END'
#include <signal.h>
#include <stdlib.h>
#include <string.h>
static void *make(int size) { return memset(malloc(size), 1, size); }
int main(int argc, char **argv)
{
    void *kept[10];
    for (int i = 0; i < 10; i++) kept[i] = make(1000);
    for (int i = 0; argc > 1 && i < 10; i++) free(kept[i]);
    raise(SIGKILL);
}
END
    status=0
    "${surviving[@]}" ./killed "$@" 2>err || status=$?
    [ "$status" -eq 137 ]
    nobody_is_left
    [ "$(grep -c 'HEAP SUMMARY' report)" -eq 1 ]
    ! grep leakcheck: err
}

@test "kill -9: what was live, with its stack, the end, and the memory map; nothing of what was freed" {
    killed
    grep -q 'default action of signal 9 (SIGKILL)' report
    grep -q '10,000 bytes in 10 blocks are not freed' report
    grep -qE 'by 0x[0-9A-F]+: make \(<stdin>:4\)' report
    grep -qE ' [0-9]+\.0K  heap$' report
    killed free
    grep -q 'All heap blocks were freed' report
}

@test "a program that ends by itself is reported once" {
    exits 23 "${surviving[@]}" "$samples/leak"
    nobody_is_left
    [ "$(grep -c 'HEAP SUMMARY' report)" -eq 1 ]
    exits 0 "${surviving[@]}" -q "$samples/leak-control"
    nobody_is_left
}

@test "one that closes every descriptor, and one that ends by a system call" {
    compile ends <<'END'
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    void *volatile p = malloc(77);
    if (argc > 1) __asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(3));
    for (int fd = 0; fd < 2000; fd++) close(fd);
    usleep(300000);
    raise(SIGKILL);
}
END
    exits 137 "${surviving[@]}" ./ends
    nobody_is_left
    grep -q '77 bytes in 1 blocks are not freed' report
    exits 3 "${surviving[@]}" ./ends directly
    nobody_is_left
    grep -q '77 bytes in 1 blocks are not freed' report
}

@test "of a tree: the command, or one below it, and each has its own memory" {
    compile forks <<'END'
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    void *volatile before = malloc(10), *volatile after;
    if (fork() == 0) {
        after = malloc(20);
        raise(SIGKILL);
    }
    wait(NULL);
    usleep(500000); /* for the child's log */
    after = malloc(300);
    if (argc > 1) raise(SIGKILL);
    free(before), free(after);
    return 0;
}
END
    exits 23 "${surviving[@]}" ./forks
    nobody_is_left
    grep -q '20 bytes in 1 blocks are not freed' report
    grep -q 'seen in 1 of 2 processes: forks' report
    ! grep '300 bytes' report
    exits 137 "${surviving[@]}" ./forks too
    nobody_is_left
    grep -q '300 bytes in 1 blocks are not freed' report
    grep -q '20 bytes in 1 blocks are not freed' report
}

@test "exec: the old memory is kept by nobody; nothing to wait for" {
    compile alone <<'END'
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (waitpid(-1, 0, __WALL) != -1 || errno != ECHILD) return 1;
    if (argc > 1) execvp(argv[1], argv + 1);
    return 0;
}
END
    exits 0 "${surviving[@]}" ./alone ./alone ./alone
    "${surviving[@]}" -q ./alone ./alone sleep 0.7 &
    sleep 0.4
    [ "$(ours | wc -l)" -le 2 ] || fail "$(ours)" # the supervisor, and sleep's own
    wait
    nobody_is_left
}

@test "the program has its descriptors' numbers, and its child's files stay open, however few there may be" {
    compile descriptors <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    int first = open("/dev/null", O_RDONLY), status;
    printf("%d %d\n", first, open("/dev/null", O_RDONLY));
    for (int fd = first; fd < 200; fd++) dup2(first, fd);
    if (fork() == 0) {
        for (int fd = first; fd < 200; fd++)
            if (fcntl(fd, F_GETFD) < 0) _exit(5);
        _exit(0);
    }
    wait(&status);
    return WEXITSTATUS(status);
}
END
    ulimit -n 200
    ./descriptors >bare
    "${surviving[@]}" -q ./descriptors >under
    nobody_is_left
    diff bare under
}

@test "killed together with what would survive it, as the OOM killer does: the last totals that are known" {
    compile waits <<'END_OF_C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (argc > 1 && fork()) return wait(0) < 0;
    for (int i = 0; i < 7; i++) malloc(1000);
    printf("%d\n", getpid());
    fflush(stdout);
    for (;;) pause();
}
END_OF_C
    # killed_with_keeper [ARG]: what shares the memory of the program that waits has its executable, too.
    killed_with_keeper() {
        rm -f pid
        "$leakcheck" -q --survive-kill=yes ./waits "$@" >pid 2>err &
        until [ -s pid ]; do sleep 0.1; done
        sleep 1
        for pid in $(ours); do
            [ "$(readlink "/proc/$pid/exe")" != "$PWD/waits" ] || kill -KILL "$pid"
        done
        kill -KILL "$(cat pid)"
        wait $! || true
        nobody_is_left
    }
    killed_with_keeper
    grep -q 'was killed by SIGKILL: there is no report on it' err
    grep -q 'it had not freed [0-9]* bytes in [0-9]* blocks' err
    killed_with_keeper below
    grep -qE '\(waits\) was killed by SIGKILL: .* [0-9]+ bytes in [0-9]+ blocks that it had not freed' err
}
