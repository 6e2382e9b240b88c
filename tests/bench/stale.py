#!/usr/bin/env -S python3 -B
"""How many leaks stale pointers hide: those of tests/e2e/leaks, by valgrind, by leakcheck and by LeakSanitizer.

stale.py [--build DIR] [NAME...]: compiles each program (all, or those with one of the names in their path) by gcc and
clang, -O0, -O1 and -O2, as it would be without care for the checker: the dead stack is not overwritten. Each case is
run twice: once it returns to main, once it calls exit itself, with all its variables still in its frame. A leak is a
case in which valgrind, who knows what is defined, calls blocks definitely or indirectly lost; it is missed by a tool that
calls fewer blocks so. Cases in which leakcheck is meant to differ are left out. Prints a table: leaks (blocks).
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import leaks    # pylint: disable=wrong-import-position

LSAN = "/usr/lib/x86_64-linux-gnu/liblsan.so.0"
LSAN_LEAK = re.compile(r"^(?:Direct|Indirect) leak of \d+ byte\(s\) in (\d+) object\(s\)", re.M)
ENDS = {"returned": "1", "inside": "2"}     # as leaks.h has them
ENDS_SHOWN = {"returned": "returns to main", "inside": "calls exit"}
SUITES = {"gcc": "gcc", "g++": "gcc", "clang": "clang", "clang++": "clang"}


def lost(sums):
    return sum(sums.get(kind, (0, 0))[1] for kind in ("definite", "indirect"))


def by_lsan(program, case):
    environment = {**os.environ, "LD_PRELOAD": LSAN, "LSAN_OPTIONS": "exitcode=0:use_ld_allocations=1"}
    done = subprocess.run([program, case.name], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=leaks.SECONDS)
    text = done.stderr.decode(errors="replace")
    if done.returncode or "fatal error" in text:
        return None
    return sum(int(blocks) for blocks in LSAN_LEAK.findall(text))


def by_leakcheck(leakcheck, program, case):
    report, _ = leaks.by_leakcheck(leakcheck, program, case, "--symbolizer=no")
    return lost(report.summary) if report.is_whole else None


def judge(who, run, planted):
    """What a tool adds to the counts of one leak: nothing if it finds all the blocks. None of run() is a failure."""
    try:
        found = run()
    except subprocess.TimeoutExpired:
        found = None
    if found is None:
        return Counter({f"{who} fails": 1}), found
    if found < planted:
        return Counter({f"{who} misses": 1, f"{who} misses blocks": planted - found}), found
    return Counter(), found


def measure(leakcheck, source, setting, end):
    """Counter of the leaks and of those missed by each tool; and lines that say who missed which."""
    counts, lines = Counter(), []
    cases = [case for case in leaks.parse_cases(os.path.join(leaks.LEAKS, source)) if not case.differs and not case.ours]
    with tempfile.TemporaryDirectory() as folder:
        program = leaks.build(folder, source, setting, [f"-DSTALE={ENDS[end]}"])
        truth = leaks.by_valgrind(program, cases)
        for case in cases:
            planted = lost(truth[case.name][0].sums())
            if not planted:
                continue
            counts.update({"leaks": 1, "blocks": planted})
            for who, run in ("leakcheck", lambda: by_leakcheck(leakcheck, program, case)), ("lsan", lambda: by_lsan(program, case)):
                more, found = judge(who, run, planted)
                counts.update(more)
                if more:
                    lines.append(f"{source} {case.name} {' '.join(setting)} {end}: {who} {found} of {planted} blocks")
    return counts, lines


def row(who, counts):
    fails = f", {counts[f'{who} fails']} fail" if counts[f"{who} fails"] else ""
    return f"{counts[f'{who} misses']} ({counts[f'{who} misses blocks']}){fails}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(HERE, "../../build"), help="leakcheck's build folder [build]")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    leakcheck = os.path.join(os.path.realpath(arguments.build), "tools/leakcheck")
    jobs = [(source, setting, end) for source in leaks.sources(arguments.names)
            for setting in leaks.settings(source) for end in ENDS]
    table = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda job: measure(leakcheck, *job), jobs)
        for (_, (compiler, level), end), (counts, lines) in zip(jobs, results):
            table.setdefault((end, SUITES[compiler], level), Counter()).update(counts)
            for line in lines:
                print(line, file=sys.stderr, flush=True)
    print("| the case | compiler | leaks | leakcheck misses | LeakSanitizer misses |\n|---|---|---|---|---|")
    for end, suite, level in sorted(table):
        counts = table[end, suite, level]
        print(f"| {ENDS_SHOWN[end]} | {suite} {level} | {counts['leaks']} ({counts['blocks']}) | {row('leakcheck', counts)}"
              f" | {row('lsan', counts)} |")


if __name__ == "__main__":
    main()
