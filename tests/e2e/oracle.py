#!/usr/bin/env -S python3 -B
"""Valgrind as an oracle: what it calls in use at exit, stack by stack, is what leakcheck reports.

oracle.py LEAKCHECK [NAME...]: compiles each program of oracle/ (and programs made at random) with each
compiler and level of optimisation, runs it under valgrind and under leakcheck, and compares bytes, blocks and
every frame from the caller of the allocation function to main. Prints TAP.
"""
import concurrent.futures
import os
import subprocess
import sys
import tempfile
from collections import Counter

import loss_reports
import random_program
from loss_reports import Report

HERE = os.path.dirname(os.path.abspath(__file__))
VALGRIND = ["valgrind", "--leak-check=full", "--show-leak-kinds=all", "--num-callers=50",
            "--child-silent-after-fork=yes"]
COMPILERS = {"c": ["gcc", "clang"], "cc": ["g++"]}
LEVELS = ["-O0", "-O1", "-O2"]
# valgrind 3.19 takes inlined frames from clang's DWARF 4 only.
DEBUG = {"gcc": "-g", "g++": "-g", "clang": "-gdwarf-4"}
RANDOM_PROGRAMS = 10


def records(command, program):
    """What by_stack makes of the report of a command that has the option --log-file."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as out:
        subprocess.run([*command, f"--log-file={out.name}", program], stdout=subprocess.DEVNULL, check=True)
        return loss_reports.by_stack(Report(out).records)


def by_valgrind(program):
    return records(VALGRIND, program)


def by_leakcheck(leakcheck, program):
    return records([leakcheck, "--show-leak-kinds=all", "--num-callers=50", "--error-exitcode=0", "--source-root=no"], program)


def in_use(figures):
    """Without what is counted a second time below its leader, and without the classes: leaks.py compares those."""
    return {stack: Counter(direct=sums["direct"], blocks=sums["blocks"]) for stack, sums in figures.items()}


def check(leakcheck, folder, source, compiler, level):
    """The differences for one program."""
    name = os.path.basename(source)
    program = os.path.join(folder, f"{name}.{compiler}{level}")
    subprocess.run([compiler, level, DEBUG[compiler], "-w", "-fno-builtin", "-o", program, source, "-lpthread"], check=True)
    want = by_valgrind(program)
    if not want:
        return ["valgrind finds nothing: not a test"]
    return loss_reports.difference(in_use(want), in_use(by_leakcheck(leakcheck, program)))


def sources(folder, names):
    found = [os.path.join(HERE, "oracle", name) for name in sorted(os.listdir(os.path.join(HERE, "oracle")))]
    for seed in range(RANDOM_PROGRAMS):
        found.append(os.path.join(folder, f"random{seed}.c"))
        with open(found[-1], "w") as out:
            out.write(random_program.text(seed))
    return [path for path in found if not names or os.path.basename(path) in names]


def main():
    leakcheck, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        cases = [(source, compiler, level) for source in sources(folder, names)
                 for compiler in COMPILERS[source.rsplit(".", 1)[1]] for level in LEVELS]
        results = pool.map(lambda case: check(leakcheck, folder, *case), cases)
        print(f"1..{len(cases)}")
        for index, (case, lines) in enumerate(zip(cases, results), 1):
            name = " ".join([os.path.basename(case[0]), *case[1:]])
            print(f"{'not ok' if lines else 'ok'} {index} {name}")
            for line in lines[:40]:
                print(f"# {line}")
            sys.stdout.flush()


main()
