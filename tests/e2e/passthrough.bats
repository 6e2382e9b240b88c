#!/usr/bin/env bats
# What is the program's own stays the program's own.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "stdin and stdout, byte for byte" {
    head -c 300000 "$(command -v bash)" >bytes
    "${silently[@]}" cat <bytes >copy
    cmp bytes copy
}

@test "every exit status" {
    for status in 0 1 2 22 23 24 77 99 125 126 127 128 255; do
        exits "$status" "${silently[@]}" sh -c "exit $status"
    done
}

@test "death by a signal is death by that signal" {
    for signal in TERM INT KILL HUP USR1 PIPE; do
        status=0
        "${silently[@]}" sh -c "kill -$signal \$\$; sleep 5" || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || fail "$signal: $status"
    done
}

@test "signals ignored or blocked at the start stay so" {
    (
        trap '' USR1
        exits 0 "${silently[@]}" sh -c 'kill -USR1 $$; echo alive'
        [ "$output" = alive ]
    )
    [ "$(grep -E '^Sig(Blk|Ign)' /proc/self/status)" = "$("${silently[@]}" grep -E '^Sig(Blk|Ign)' /proc/self/status)" ]
    [ "$(grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status)" = \
        "$("${silently[@]}" --handle-signals=no --control=no grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status)" ]
}

@test "a handler runs, and its program goes on" {
    exits 3 "${silently[@]}" sh -c 'trap "echo caught; exit 3" TERM; kill -TERM $$; sleep 5'
    [ "$output" = caught ]
}

@test "descriptors: none more for the program, none closed" {
    # Ours is 1000 or above, and closed by exec.
    want=$(sh -c 'exec 3<&-; ls /proc/self/fd')
    exits 0 "${silently[@]}" sh -c 'exec 3<&-; ls /proc/self/fd'
    [ "$(awk '$1 < 1000' <<<"$output")" = "$want" ] || fail "not $want"
    compile fds <<'END'
#include <fcntl.h>
#include <stdio.h>
int main(void) { printf("%d\n", open("/dev/null", O_RDONLY)); return 0; }
END
    [ "$("$leakcheck" -q ./fds 3<&-)" = 3 ]
}

@test "buffered stdout gets out, whether there are leaks or not" {
    compile buffered <<'END'
#include <stdio.h>
#include <stdlib.h>
int main(void) { malloc(8); printf("in the buffer"); return 0; }
END
    exits 23 "$leakcheck" -q ./buffered
    [ "$output" = 'in the buffer' ]
    "$leakcheck" -q ./buffered >file || true
    [ "$(cat file)" = 'in the buffer' ]
}

@test "buffered output of atexit handlers and destructors gets out" {
    compile late <<'END'
#include <stdio.h>
#include <stdlib.h>
static void handler(void) { printf("handler "); }
__attribute__((destructor)) static void destructor(void) { printf("destructor "); }
int main(void) { malloc(8); atexit(handler); printf("main "); return 0; }
END
    "$leakcheck" -q ./late >file || true
    [ "$(cat file)" = 'main handler destructor ' ]
}

@test "each way to leave: status, output, one report" {
    compile leave <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *thread_exit(void *x) { exit(4); return x; }
int main(int argc, char **argv)
{
    malloc(10);
    printf("out\n");
    fflush(stdout);
    if (!strcmp(argv[1], "return")) return 4;
    if (!strcmp(argv[1], "exit")) exit(4);
    if (!strcmp(argv[1], "_exit")) _exit(4);
    if (!strcmp(argv[1], "_Exit")) _Exit(4);
    if (!strcmp(argv[1], "quick_exit")) quick_exit(4);
    if (!strcmp(argv[1], "thread")) { pthread_t t; pthread_create(&t, 0, thread_exit, 0); pthread_join(t, 0); }
    if (!strcmp(argv[1], "pthread_exit")) pthread_exit(0);
    return 1;
}
END
    for way in return exit _exit _Exit quick_exit thread; do
        exits 4 "$leakcheck" --memory-map=no ./leave "$way"
        [ "$output" = out ]
        [ "$(grep -c 'HEAP SUMMARY' <<<"$stderr")" -eq 1 ] || fail "$way"
        expect '10 bytes in 1 blocks'
    done
    exits 23 "$leakcheck" --memory-map=no ./leave pthread_exit
    expect '10 bytes in 1 blocks'
}

@test "stderr closed, or reused by the program: nothing of ours goes into its file" {
    compile reuse <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) { malloc(8); close(2); open("database", O_CREAT | O_WRONLY, 0600); return 0; }
END
    exits 23 "$leakcheck" ./reuse
    [ ! -s database ]
    expect '8 bytes in 1 blocks'
    exits 23 sh -c 'exec "$@" 2>&-' sh "$leakcheck" -q ./reuse
    [ ! -s database ]
}

@test "the working directory and the umask are the program's" {
    exits 0 "${silently[@]}" sh -c 'pwd; umask'
    [ "$output" = "$(sh -c 'pwd; umask')" ]
}

@test "errno is kept by every door" {
    compile errno "$BATS_TEST_DIRNAME/programs/errno.c" </dev/null
    exits 0 under ./errno
    [ "$output" = ok ] || fail
}
