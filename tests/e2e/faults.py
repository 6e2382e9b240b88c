#!/usr/bin/env -S python3 -B
"""Each system call that the library makes fails once: the program does not notice, and the report says what is missing.

faults.py [--all] LEAKCHECK [CALL...]: runs programs/faults.c under strace, which tells the library's calls by where they were made,
then once for each of them with that call failing (strace -e inject). Without --all three of each kind: the first, the
middle and the last, with errors in turns. stdout and exit status must be the program's; its log, or else standard error,
must have the leak, or say that something is missing. Prints TAP, a line for each kind of call.
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ERRORS = ["EPERM", "ENOMEM", "EINTR", "EMFILE", "ENOSYS"]
LOST = "leak kind=definite bytes=4321 blocks=1 "
LOST_UNSCANNED = "leak kind=unfreed bytes=4321 blocks=1 "
# The end of the program, and what can't fail.
NEVER = {"exit_group", "exit", "getpid", "getppid", "gettid"}
SECONDS = 60
LEAST = 300     # calls that the library makes for it, or the test is none


class Library:
    def __init__(self, leakcheck, folder):
        build = os.path.join(os.path.dirname(os.path.realpath(leakcheck)), "..")
        self.path = os.path.realpath(os.path.join(build, "src/preload/libleakcheck.so"))
        self.folder = folder
        self.program = os.path.join(folder, "faults")
        subprocess.run(["gcc", "-O1", "-g", "-fno-builtin", "-w", "-o", self.program, os.path.join(HERE, "programs/faults.c"),
                        "-lpthread", "-ldl"], check=True)

    def run(self, name, *strace):
        """Addresses are the same each time."""
        log, trace = (os.path.join(self.folder, f"{name}.{kind}") for kind in ("log", "trace"))
        command = ["setarch", "-R", "strace", "-i", "-o", trace, *strace, "-E", f"LD_PRELOAD={self.path}",
                   "-E", f"LEAKCHECK_OPTIONS=record={log}:memory-map=no:signal-timeout=20:child-silent-after-fork=yes", self.program]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=SECONDS)
        text = {}
        for kind, path in ("log", log), ("trace", trace):
            text[kind] = open(path, encoding="utf-8", errors="replace").read() if os.path.exists(path) else ""
            if os.path.exists(path):
                os.unlink(path)
        return done, text["log"], text["trace"]


def own_calls(trace):
    """{call: numbers, from 1, of those that were made in the library}"""
    code, own, count = None, collections.defaultdict(list), collections.Counter()
    for line in trace.splitlines():
        found = re.match(r"\[([0-9a-f]+)\] (\w+)\((.*)", line)
        if not found:
            continue
        place, call, rest = int(found[1], 16), found[2], found[3]
        count[call] += 1
        mapped = re.match(r"0x([0-9a-f]+), (\d+), PROT_READ\|PROT_EXEC, ", rest)
        if call == "mmap" and mapped and code is None:      # the first library that is loaded
            code = range(int(mapped[1], 16), int(mapped[1], 16) + int(mapped[2]))
        elif code and place in code and call not in NEVER:
            own[call].append(count[call])
    return own


def sample(numbers, is_all):
    return numbers if is_all else sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})


def faults(done, log):
    if (done.returncode, done.stdout) != (7, "3\n"):
        yield f"status {done.returncode}, stdout {done.stdout!r}: {done.stderr[-300:]!r}"
    lines = log.splitlines()
    is_whole = lines and lines[-1] == f"end lines={len(lines) - 1}"
    is_told = "leakcheck: " in done.stderr
    if not is_whole and not is_told:
        yield f"no whole log, and nobody says so: {lines[-1:]} {done.stderr[:300]!r}"
    if is_whole and not any(line.startswith(LOST) for line in lines):
        is_degraded = any(line.startswith("note ") for line in lines) or "dropped=0 " not in log
        if not is_told and not is_degraded:
            leaks = [line for line in lines if line.startswith("leak ")][:5]
            yield f"the leak is missing, and nobody says so: {leaks}"
    if done.stderr.count("HEAP SUMMARY") != 1 and not is_told:
        yield f"{done.stderr.count('HEAP SUMMARY')} reports: {done.stderr[:300]!r}"


def check(library, call, number, error):
    try:
        done, log, _ = library.run(f"{call}.{number}.{error}", "-e", f"inject={call}:error={error}:when={number}")
    except subprocess.TimeoutExpired:
        return [f"{call} {number} {error}: hangs"]
    return [f"{call} {number} {error}: {fault}" for fault in faults(done, log)]


def main():
    arguments = sys.argv[1:]
    is_all = arguments[0] == "--all"
    leakcheck, *names = arguments[is_all:]
    for variable in "LD_PRELOAD", "LEAKCHECK_OPTIONS", "LD_LIBRARY_PATH":
        os.environ.pop(variable, None)
    os.environ["LC_ALL"] = "C"
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        library = Library(leakcheck, folder)
        done, log, trace = library.run("plain")
        if "ptrace" in done.stderr and not trace:
            print(f"1..0 # SKIP no ptrace here: {done.stderr.strip()}")
            return
        own = own_calls(trace)
        problems = [*faults(done, log)]
        if sum(map(len, own.values())) < LEAST:
            problems.append(f"only {sum(map(len, own.values()))} calls of the library's were found")
        calls = [call for call in sorted(own) if not names or call in names]
        print(f"1..{len(calls) + 1}")
        print(f"{'not ok' if problems else 'ok'} 1 without a fault")
        for problem in problems:
            print(f"# {problem}")
        for index, call in enumerate(calls, 2):
            cases = [(number, error) for i, number in enumerate(sample(own[call], is_all))
                     for error in (ERRORS[:3] if is_all else [ERRORS[(index + i) % len(ERRORS)]])]
            found = [line for lines in pool.map(lambda case: check(library, call, *case), cases) for line in lines]
            print(f"{'not ok' if found else 'ok'} {index} {call}, {len(cases)} of {len(own[call])}")
            for line in found[:20]:
                print(f"# {line}")
            sys.stdout.flush()


main()
