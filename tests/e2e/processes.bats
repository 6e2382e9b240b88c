#!/usr/bin/env bats
# Children: by fork, exec, vfork, posix_spawn, system; each its own report, or none.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "fork: parent and child each report, what the child inherited is the parent's" {
    compile forks <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    malloc(10);
    if (fork() == 0) {
        malloc(20);
        exit(0);
    }
    int status;
    wait(&status);
    return WEXITSTATUS(status);
}
END
    exits 23 "$leakcheck" --memory-map=no --log-file=report.%p ./forks
    [ "$(grep -h 'in use at exit' report.* | sort | cut -d= -f 5)" = \
        "$(printf '     in use at exit: %s\n' '10 bytes in 1 blocks' '20 bytes in 1 blocks')" ]
    "$leakcheck" -q --record=log.%p ./forks || true
    files=(log.*)
    [ "${#files[@]}" -eq 2 ]
    for file in "${files[@]}"; do
        log_is_whole "$file"
    done
}

@test "only the command's status is changed, and with errors-for-children=no by itself alone" {
    compile forks <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0) {
        malloc(20);
        exit(0);
    }
    int status;
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
    return 0;
}
END
    exits 23 "$leakcheck" -q ./forks
    [ "$output" = 0 ]
    expect '20 bytes in 1 blocks'
    exits 0 "$leakcheck" -q --errors-for-children=no ./forks
    expect '20 bytes in 1 blocks'
}

@test "fork in a program of many threads that allocate" {
    compile busy "$BATS_TEST_DIRNAME/programs/fork_threads.c" </dev/null
    exits 0 "$leakcheck" -q --memory-map=no --symbolizer=no timeout 60 ./busy
}

@test "exec: the new program reports; the old one leaves no half a log" {
    "${silently[@]}" --record=log.%p sh -c "exec $samples/leak" || true
    files=(log.*)
    [ "${#files[@]}" -eq 1 ]
    log_is_whole "${files[0]}"
    grep -q '^process .*exe=.*/leak ' "${files[0]}"
}

@test "children by vfork, posix_spawn and system" {
    compile spawns <<END
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
int main(void)
{
    char *args[] = {"$samples/leak", 0};
    pid_t pid = vfork();
    if (pid == 0) {
        execv(args[0], args);
        _exit(9);
    }
    waitpid(pid, 0, 0);
    if (posix_spawn(&pid, args[0], 0, 0, args, environ) == 0)
        waitpid(pid, 0, 0);
    return system("$samples/leak");
}
END
    exits 23 "$leakcheck" -q ./spawns
    expect '576 bytes in 9 blocks'
    expect 'seen in 3 of 4 processes: leak'
    exits 0 "$leakcheck" -q --log-file=report.%p ./spawns
    [ "$(cat report.* | grep -c '192 bytes in 3 blocks')" -eq 3 ]
}

@test "a vfork child that ends by _exit reports nothing, and harms nothing" {
    compile vforks <<'END'
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    int status;
    void *p = malloc(10);
    pid_t pid = vfork();
    if (pid == 0)
        _exit(3);
    waitpid(pid, &status, 0);
    free(p);
    return WEXITSTATUS(status);
}
END
    exits 3 "$leakcheck" --memory-map=no ./vforks
    [ "$(grep -c 'HEAP SUMMARY' <<<"$stderr")" -eq 1 ] || fail
}

@test "trace-children=no: only the command itself" {
    compile launch "$BATS_TEST_DIRNAME/programs/launch.c" </dev/null
    exits 0 "$leakcheck" -q --trace-children=no ./launch "$samples/leak"
    [ -z "$stderr" ]
    exits 23 "$leakcheck" -q --trace-children=no "$samples/leak"
}

@test "trace-children-skip: not those" {
    compile launch "$BATS_TEST_DIRNAME/programs/launch.c" </dev/null
    exits 23 "$leakcheck" -q --trace-children-skip='*/tree,*/lea?' ./launch "$samples"/{leak,tree,grow}
    expect_not leak.c
    expect_not tree.c
    expect grow.c
}

@test "daemon: the process that goes on reports, and so does the one that does not" {
    compile daemonizes <<'END'
#include <stdlib.h>
#include <unistd.h>
int main(void)
{
    malloc(10);
    if (daemon(1, 1) != 0)
        return 1;
    malloc(20);
    usleep(100000);
    return 0;
}
END
    "$leakcheck" -q --record=log.%p ./daemonizes || true
    for _ in $(seq 50); do
        grep -qs 'leak .*bytes=20 ' log.* && break
        sleep 0.1
    done
    grep -qs 'leak .*bytes=20 ' log.*
    grep -qs 'leak .*bytes=10 ' "$(grep -Ls 'leak .*bytes=20 ' log.*)"
}

@test "a child without the environment is left alone" {
    exits 0 "${silently[@]}" sh -c "env -i $samples/leak"
    [ -z "$stderr" ]
}

@test "a pipeline of a hundred processes" {
    exits 0 "${silently[@]}" --record=log.%p sh -c 'for i in $(seq 50); do echo $i | cat; done | sort -n | tail -n 1'
    [ "$output" = 50 ]
    for file in log.*; do
        log_is_whole "$file"
    done
}
