#!/usr/bin/env bats
# The wrapper becomes the command, and a supervisor stays behind: whoever starts, stops, or kills the command finds what he
# would find without us.
load common

setup() {
    own_tmpdir
}

@test "pid, parent, process group, session and terminal are the program's own" {
    compile who <<'END'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    printf("%d %d %d %d %d\n", getpid(), getppid(), getpgrp(), getsid(0), tcgetpgrp(0));
    return 0;
}
END
    exits 0 bash -c 'echo $$ $PPID $(ps -o pgid= -o sid= -o tpgid= -p $$); exec "$@"' bash "${silently[@]}" ./who
    [ "$(tr -s ' ' <<<"${lines[0]}")" = "${lines[1]}" ] || fail
}

@test "no child that the program did not start, none to wait for, no descriptor of the supervisor's" {
    compile alone <<'END'
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    char command[64];
    int status;
    if (waitpid(-1, &status, 0) != -1 || errno != ECHILD) return 1;
    if (waitpid(-1, &status, __WALL) != -1 || errno != ECHILD) return 2;
    if (setpgid(0, 0) && errno != EPERM) return 3;
    return 0;
}
END
    exits 0 "${silently[@]}" ./alone
    pid=$("${silently[@]}" sh -c 'echo $$; exec >&-; exec sleep 0.5' | head -n 1)
    ! ps -o ppid= -e | grep -qx " *$pid"
}

@test "stdout that the program closes is closed: nobody else holds it" {
    "${silently[@]}" sh -c 'echo $$ >pid; echo first; exec >&-; exec sleep 5' | cat >out &
    pipeline=$!
    for _ in $(seq 100); do
        sleep 0.02
        kill -0 "$pipeline" 2>/dev/null || break
    done
    ! kill -0 "$pipeline" 2>/dev/null || fail 'cat still reads'
    [ "$(cat out)" = first ]
    kill "$(cat pid)"
}

@test "the program is found by its name once, and the supervisor is not" {
    cp "$(command -v sleep)" a-name-of-its-own
    "${silently[@]}" ./a-name-of-its-own 20 &
    pid=$!
    sleep 0.3
    [ "$(pgrep -f a-name-of-its-own)" = "$pid" ]
    kill "$pid"
    wait "$pid" || [ $? -eq 143 ]
    tmpdir_is_empty
}

@test "exit by a signal: as without us, with the same core" {
    cat >how.py <<'END'
import os, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CORE, (1 << 30, 1 << 30))
os.makedirs(sys.argv[1])
os.chdir(sys.argv[1])
for name in "TERM INT HUP KILL USR1 PIPE ALRM QUIT ABRT SEGV BUS FPE ILL TRAP SYS XCPU VTALRM".split():
    child = subprocess.Popen(sys.argv[2:] + ["sh", "-c", f"kill -{name} $$; sleep 1"], stderr=subprocess.DEVNULL)
    _, status = os.waitpid(child.pid, 0)
    cores = [f for f in os.listdir() if f.startswith("core")]
    for f in cores:
        os.unlink(f)
    print(name, os.WTERMSIG(status) if os.WIFSIGNALED(status) else status, os.WCOREDUMP(status), len(cores))
END
    python3 how.py plain >want
    python3 how.py under "${silently[@]}" >got
    diff want got
    [ "$(wc -l <got)" -eq 17 ]
}

@test "a signal to the wrapper's pid is the program's: handled, ignored, or its end" {
    "${silently[@]}" sh -c 'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.05; done' >out &
    pid=$!
    until grep -q ready out; do sleep 0.05; done
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status $(tail -n 1 out)" = '7 caught' ]
    "${silently[@]}" sleep 20 &
    pid=$!
    sleep 0.3
    kill -KILL "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 137 ]
    ! ps -o pid= -p "$pid"
    tmpdir_is_empty
}

bash=(bash --norc --noprofile -i)

# SHELL... -- PREFIX...: in a terminal of its own, by a shell with job control: Ctrl-Z, fg, Ctrl-C, and what the shell says of it.
jobs_in_terminal() {
    cat >terminal.py <<'END'
import os, pty, select, sys, time
between = sys.argv.index("--")
shell, prefix = sys.argv[1:between], " ".join(sys.argv[between + 1:])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(shell[0], shell)
seen = b""
def until(text):
    global seen
    limit = time.time() + 10
    while text not in seen:
        if not select.select([terminal], [], [], max(0, limit - time.time()))[0]:
            sys.exit(f"no {text!r} in {seen!r}")
        seen += os.read(terminal, 4096)
    seen = seen.split(text, 1)[1]
def send(text):
    os.write(terminal, text)
send(b"PS1=; PS2=; stty -echo; echo go''ing\n")
until(b"going")
send((prefix + " sh -c 'echo sta\"\"rted; sleep 30'\n").encode())
until(b"started")
time.sleep(0.3)
send(b"\x1a")
until(b"Stopped")
send(b"jobs | grep -c Stopped; echo job''s\n")
until(b"1\r\njobs")
send(b"fg\n")
until(b"sleep 30")
time.sleep(0.2)
send(b"\x03")
send(b"echo status=$?=\n")
until(b"status=130=")
send((prefix + " cat\n").encode())
time.sleep(0.3)
send(b"line\n")
until(b"line")
send(b"\x04")
send(b"echo status=$?=\n")
until(b"status=0=")
send(b"exit\n")
print("as it should")
END
    run timeout 60 python3 terminal.py "$@"
    [ "$output" = 'as it should' ] || fail
}

@test "Ctrl-Z, jobs, fg, Ctrl-C, Ctrl-D in a terminal" {
    jobs_in_terminal "${bash[@]}" --
    jobs_in_terminal "${bash[@]}" -- "${silently[@]}"
    tmpdir_is_empty
}

@test "an interactive shell of its own has the terminal and its job control" {
    jobs_in_terminal "${silently[@]}" "${bash[@]}" --
    tmpdir_is_empty
}

@test "the session ends by SIGHUP: the program, too, and the supervisor after it" {
    cat >hangup.py <<'END'
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
time.sleep(0.5)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(os.WTERMSIG(status))
END
    exits 0 timeout 20 python3 hangup.py "${silently[@]}" sleep 20
    [ "$output" = 1 ]
    tmpdir_is_empty
}

@test "the first process of a container, and one that adopts orphans: no supervisor becomes its child" {
    compile adopts <<'END'
#include <sys/prctl.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    execvp(argv[1], argv + 1);
    return 9;
}
END
    compile childless <<'END'
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    usleep(100000);
    return waitpid(-1, 0, __WALL | WNOHANG) == -1 && errno == ECHILD ? 0 : 1;
}
END
    exits 0 ./adopts "${silently[@]}" ./childless
    exits 23 ./adopts "$leakcheck" -q sh -c "$samples/leak; true"
    tmpdir_is_empty
    unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no pid namespaces here'
    exits 0 unshare --pid --fork --mount-proc "${silently[@]}" ./childless
    exits 23 unshare --pid --fork --mount-proc "$leakcheck" -q sh -c "$samples/leak; true"
}
