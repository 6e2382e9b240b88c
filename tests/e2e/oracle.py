#!/usr/bin/env -S python3 -B
"""Valgrind as an oracle: what it calls in use at exit, stack by stack, is what leakcheck reports.

oracle.py LEAKCHECK [NAME...]: compiles each program of oracle/ (and programs made at random) with each
compiler and level of optimisation, runs it under valgrind and under leakcheck, and compares bytes, blocks and
every frame from the caller of the allocation function to main. Prints TAP.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import random_program

HERE = os.path.dirname(os.path.abspath(__file__))
VALGRIND = ["valgrind", "--leak-check=full", "--show-leak-kinds=all", "--num-callers=50", "--xml=yes",
            "--child-silent-after-fork=yes"]
COMPILERS = {"c": ["gcc", "clang"], "cc": ["g++"]}
LEVELS = ["-O0", "-O1", "-O2"]
# valgrind 3.19 takes inlined frames from clang's DWARF 4 only.
DEBUG = {"gcc": "-g", "g++": "-g", "clang": "-gdwarf-4"}
RANDOM_PROGRAMS = 10
DIRECT = re.compile(r"([\d,]+)(?: \(([\d,]+) direct, [\d,]+ indirect\))? bytes in ([\d,]+) blocks")
FRAME = re.compile(r"==\d+==    (?:at|by) 0x[0-9A-F]+: (.*?)(?: \((?:in (.*)|([^()]*):(\d+))\))?$")


def number(text):
    return int(text.replace(",", ""))


def cut(frames):
    """Nothing below main, as valgrind has it by itself; and nothing below a thread's start, since clone3 is not
    there under valgrind."""
    for index, frame in enumerate(frames):
        if frame[0] in ("main", "start_thread"):
            return frames[:index + 1]
    return frames


def comparable(frame):
    """What is compared of a frame (function, place, module)."""
    function, place, module = frame
    if function == "__pthread_kill_implementation":
        return (function,)  # where a signal interrupted: valgrind takes the line before it, as if it were a call
    if not place:
        # The names of aliases are a matter of taste; of libstdc++.so.6 and libstdc++.so.6.0.30, one is a link.
        return ("in", module.split(".so")[0])
    return (function, place)


def add(records, frames, size, blocks):
    """Counts the block under its caller's stack."""
    frames = [frame for frame in frames[1:] if not frame[2].startswith("vgpreload")]
    key = tuple(comparable(frame) for frame in cut(frames))
    old = records.get(key, (0, 0))
    records[key] = (old[0] + size, old[1] + blocks)


def by_valgrind(program):
    """{stack: (bytes, blocks)}"""
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run([*VALGRIND, f"--xml-file={out.name}", program], stdout=subprocess.DEVNULL, check=True)
        records = {}
        for error in xml.etree.ElementTree.parse(out.name).iter("error"):
            if not error.findtext("kind").startswith("Leak_"):
                continue
            whole, direct, blocks = DIRECT.match(error.findtext("xwhat/text")).groups()
            frames = []
            for frame in error.find("stack"):
                line = frame.findtext("line")
                place = f"{os.path.basename(frame.findtext('file'))}:{line}" if line else ""
                frames.append((frame.findtext("fn", "???"), place, os.path.basename(frame.findtext("obj", "???"))))
            add(records, frames, number(direct or whole), number(blocks))
        return records


def by_leakcheck(leakcheck, program):
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run([leakcheck, "--num-callers=50", "--show-leak-kinds=all", f"--log-file={out.name}", "--error-exitcode=0", program],
                       stdout=subprocess.DEVNULL, check=True)
        records, head, frames = {}, None, []
        for line in out:
            frame = FRAME.match(line)
            if frame:
                function, module, file, line_number = frame.groups()
                place = f"{os.path.basename(file)}:{line_number}" if file else ""
                frames.append((function, place, os.path.basename(module or "")))
                continue
            if head and frames:
                add(records, frames, *head)
            head, frames = None, []
            if " in loss record " in line:
                whole, direct, blocks = DIRECT.search(line).groups()
                head = (number(direct or whole), number(blocks))
        return records


def difference(want, got):
    """Lines that show where two sets of records differ; none when they don't."""
    lines = []
    for key in sorted(set(want) | set(got)):
        if want.get(key) != got.get(key):
            lines.append(f"valgrind {want.get(key)}, leakcheck {got.get(key)}:")
            lines += [f"    {' '.join(frame)}" for frame in key]
    return lines


def check(leakcheck, folder, source, compiler, level):
    """The differences for one program."""
    name = os.path.basename(source)
    program = os.path.join(folder, f"{name}.{compiler}{level}")
    subprocess.run([compiler, level, DEBUG[compiler], "-w", "-fno-builtin", "-o", program, source, "-lpthread"], check=True)
    want = by_valgrind(program)
    if not want:
        return ["valgrind finds nothing: not a test"]
    return difference(want, by_leakcheck(leakcheck, program))


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
