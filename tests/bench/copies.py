#!/usr/bin/env python3
"""By hand: the copy in which a running process is checked finds what a check in place finds.

    tests/bench/copies.py build [SECONDS]

Each case of tests/e2e/leaks in C is held at its end and asked (leakcheck-report --now), twice, once with --without=clone;
prints the cases whose bytes and blocks by class differ, and the sums.
"""
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LEAKS = os.path.join(HERE, "..", "e2e", "leaks")
HOLD = """
#include <unistd.h>
__attribute__((destructor)) static void hold(void) { write(1, "held\\n", 5); for (;;) pause(); }
"""


def is_held(process):
    """Whether it has come to its end; not all do by way of exit."""
    text = b""
    while b"held\n" not in text:
        more = os.read(process.stdout.fileno(), 4096)
        if not more:
            return False
        text += more
    return True


def read_log(path):
    """{(class, unit): number}, and whether a copy was looked at."""
    sums, is_copy = collections.Counter(), None
    with open(path, encoding="ascii") as log:
        for line in log:
            leak = re.match(r"leak kind=(\w+) bytes=(\d+) blocks=(\d+)", line)
            moment = re.match(r"moment .* copy=(\d)", line)
            if leak:
                sums[leak[1], "bytes"] += int(leak[2])
                sums[leak[1], "blocks"] += int(leak[3])
            if moment:
                is_copy = moment[1] == "1"
    return dict(sums), is_copy


def look(build, folder, case, in_place):
    """What a check of the held case finds; None when it can't be held or asked."""
    options = "symbolizer=no:log-file=/dev/null" + (":without=clone" if in_place else "")
    library = os.path.join(build, "src/preload/libleakcheck.so")
    environment = dict(os.environ, LD_PRELOAD=f"{library} {folder}/hold.so", LEAKCHECK_OPTIONS=options)
    with subprocess.Popen([folder + "/program", case], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        try:
            if not is_held(process):
                return None
            asked = subprocess.run([os.path.join(build, "tools/leakcheck-report"), "--now", str(process.pid), "-q",
                                    "--memory-map=no", "--record=" + folder + "/log"], stdout=subprocess.DEVNULL,
                                   check=False)
            if asked.returncode:
                return None
            sums, is_copy = read_log(folder + "/log")
            assert is_copy != in_place
            return sums
        finally:
            process.kill()


def main():
    build, end = os.path.abspath(sys.argv[1]), time.monotonic() + float((sys.argv + ["600"])[2])
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["gcc", "-x", "c", "-shared", "-fPIC", "-o", folder + "/hold.so", "-"], input=HOLD.encode(),
                       check=True, stderr=subprocess.DEVNULL)
        for source in sorted(glob.glob(LEAKS + "/*/*.c")):
            with open(source, encoding="utf-8") as text:
                cases = re.findall(r"^CASE\((\w+)\)", text.read(), re.M)
            built = subprocess.run(["gcc", "-O1", "-g", "-w", "-I" + LEAKS, "-o", folder + "/program", source, "-lpthread",
                                    "-ldl"], stderr=subprocess.DEVNULL, check=False)
            for case in cases if built.returncode == 0 and time.monotonic() < end else []:
                copy, place = (look(build, folder, case, in_place) for in_place in (False, True))
                kind = "not held" if copy is None or place is None else "the same" if copy == place else "different"
                counts[kind] += 1
                if kind != "the same":
                    print(os.path.relpath(source, LEAKS), case, kind, copy, place)
    print(dict(counts))
    return counts["different"] > 0


if __name__ == "__main__":
    sys.exit(main())
