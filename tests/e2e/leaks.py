#!/usr/bin/env -S python3 -B
"""Valgrind as an oracle for leak classes: each case of leaks/, by each compiler and level of optimisation.

leaks.py [--all] LEAKCHECK [NAME...]: compiles each program (all, or those with one of the names in their path), runs
each case under leakcheck, and compares bytes and blocks of each class with what the case says. Of the settings of the
compilers two are taken, others for the next program (--all: every one). Under valgrind each program is run with the
first of them (--all: with each), where valgrind's figures must be the cases', too, and leakcheck's loss records
valgrind's: class, direct and indirect bytes, blocks, stack.
LEAKCHECK may be `-`: only the cases are checked, by valgrind. Prints TAP, a line for each case.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

import loss_reports
from loss_reports import CLASSES, Report

HERE = os.path.dirname(os.path.abspath(__file__))
LEAKS = os.path.join(HERE, "leaks")
OPTIONS = ["--leak-check=full", "--show-leak-kinds=all", "--num-callers=50"]
VALGRIND = ["valgrind", *OPTIONS]
COMPILERS = {".c": ["gcc", "clang"], ".cc": ["g++", "clang++"]}
LEVELS = ["-O0", "-O1", "-O2"]
# valgrind 3.19 takes inlined frames from clang's DWARF 4 only.
DEBUG = {"gcc": "-g", "g++": "-g", "clang": "-gdwarf-4", "clang++": "-gdwarf-4"}
FLAGS = ["-w", "-fno-builtin", "-D_GNU_SOURCE", f"-I{LEAKS}"]
SECONDS = 60
# Through which ld.so allocates for itself. valgrind lists such blocks, leakcheck must not.
RUNTIME = "rtld-malloc.h:"


@dataclass
class Case:
    """One CASE of a source, with the figures of its comment lines: {class: (bytes, blocks)}, zeros included."""
    name: str
    expect: dict = None         # by valgrind; None: whatever valgrind says
    differs: dict = None        # by leakcheck, where that is something else
    options: list = field(default_factory=list)     # for both
    ours: list = field(default_factory=list)        # for leakcheck
    stacks: str = ""            # why stacks can't be compared, but the figures of the records only
    leaders: str = ""           # why the same blocks may be under other leaders: records' indirect bytes are not compared

    def wanted(self, valgrind):
        return self.differs or self.expect or valgrind


def parse_figures(text):
    found = {kind: (int(size), int(blocks)) for kind, size, blocks in re.findall(r"(\w+) (\d+)/(\d+)", text)}
    return {kind: found.get(kind, (0, 0)) for kind in CLASSES}


def parse_cases(source):
    cases, words = [], {}
    with open(source, encoding="utf-8") as lines:
        for line in lines:
            word = re.match(r"// (expect|differs|options|ours|stacks|leaders): (.*)", line)
            name = re.match(r"CASE\((\w+)\)", line)
            if word:
                words[word[1]] = word[2]
            elif name:
                case = Case(name[1], options=words.get("options", "").split(), ours=words.get("ours", "").split(), stacks=words.get("stacks", ""),
                            leaders=words.get("leaders", ""))
                if "expect" in words:
                    case.expect = parse_figures(words["expect"])
                if "differs" in words:
                    case.differs = parse_figures(words["differs"].split(":")[0])
                cases.append(case)
                words = {}
            elif not line.startswith("//"):
                words = {}
    return cases


def sources(names=()):
    """The programs, by their paths in leaks/: those in which one of the names occurs, or all."""
    found = []
    for folder, _, files in os.walk(LEAKS):
        found += [os.path.relpath(os.path.join(folder, file), LEAKS) for file in files
                  if os.path.splitext(file)[1] in COMPILERS and not file.endswith("_lib.c")]
    return sorted(path for path in found if not names or any(name in path for name in names))


def settings(source):
    return [(compiler, level) for compiler in COMPILERS[os.path.splitext(source)[1]] for level in LEVELS]


def build(folder, source, setting, flags=()):
    """The program of the source; with the plugin that it loads, if there is one beside it."""
    compiler, level = setting
    path = os.path.join(LEAKS, source)
    program = os.path.join(folder, "-".join([*source.split(os.sep), compiler + level]))
    command = [compiler, level, DEBUG[compiler], *FLAGS, *flags]
    plugin = os.path.splitext(path)[0] + "_lib.c"
    if os.path.exists(plugin):
        subprocess.run([*command, "-shared", "-fPIC", "-o", program + ".so", plugin], check=True)
        command.append(f'-DPLUGIN="{program}.so"')
    subprocess.run([*command, "-o", program, path, "-lpthread"], check=True)
    return program


def run(command, program, names):
    """Its exit status, what it wrote to stderr, and the lines of its --log-file."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as out:
        done = subprocess.run([*command, f"--log-file={out.name}", program, *names], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS, text=True)
        return done.returncode, done.stderr, out.readlines()


def is_runtime(record):
    return len(record.frames) > 1 and record.frames[1].place.startswith(RUNTIME)


def by_valgrind(program, cases):
    """{case's name: (report, exit status)}, of each case in a process of its own; the status is None if that was lost."""
    results = {case.name: (Report([]), None) for case in cases}
    for options in {tuple(case.options) for case in cases}:
        names = [case.name for case in cases if tuple(case.options) == options]
        # "" is no case: with it there are always several, and so child processes.
        _, who, lines = run([*VALGRIND, *options], program, ["", *names])
        for pid, status, name in re.findall(r"^(\d+) (\d+) (\w+)$", who, re.M):
            report = Report(line for line in lines if line.startswith(f"=={pid}=="))
            report.records = [record for record in report.records if not is_runtime(record)]
            results[name] = (report, os.waitstatus_to_exitcode(int(status)))
    return results


def by_leakcheck(leakcheck, program, case, *more):
    command = [leakcheck, "--error-exitcode=0", "--memory-map=no", "--source-root=no", *OPTIONS, *case.options, *case.ours, *more]
    status, _, lines = run(command, program, [case.name])
    return Report(lines), status


def complete(sums):
    return {kind: sums.get(kind, (0, 0)) for kind in CLASSES}


def show(figures):
    words = [f"{kind} {size}/{blocks}" for kind, (size, blocks) in figures.items() if (size, blocks) != (0, 0)]
    return ", ".join(words) or "nothing"


def key(record):
    return (record.kind, *loss_reports.stack(record))


def compare_records(case, want, got):
    if case.leaders:
        want, got = ([record._replace(indirect=0) for record in records] for records in (want, got))
    if case.stacks:
        want, got = (sorted(map(str, (record[:4] for record in records))) for records in (want, got))
        return [] if want == got else [f"leakcheck's records: {got}; valgrind's: {want}"]
    return loss_reports.difference(loss_reports.by_stack(want, key), loss_reports.by_stack(got, key))


def compare_figures(who, want, got):
    return [] if want == got else [f"{who}: {show(got)}; it should be: {show(want)}"]


def check_setting(leakcheck, program, case, valgrind):
    """The lines that say what is wrong; valgrind is its (report, status), or None: only figures are compared."""
    if valgrind:
        report, status = valgrind
        lines = compare_figures("valgrind", case.expect or complete(report.sums()), complete(report.sums()))
    else:
        report, status, lines = None, None, []
    if leakcheck == "-":
        return lines
    ours, our_status = by_leakcheck(leakcheck, program, case, *([] if report else ["--symbolizer=no"]))
    if not ours.is_whole:
        return [*lines, "leakcheck gave no report"]
    lines += compare_figures("leakcheck", case.wanted(case.reference), complete(ours.summary))
    lines += compare_figures("the sum of leakcheck's records", complete(ours.summary), complete(ours.sums()))
    if report and our_status != status:
        lines.append(f"the program ends with {our_status}, under valgrind with {status}")
    if report and not case.differs and not lines:
        lines += compare_records(case, report.records, ours.records)
    return lines


def check_case(leakcheck, programs, case, valgrind):
    """The lines that say what is wrong with one case; valgrind: {setting: what by_valgrind returns}."""
    lines = []
    for setting, program in programs.items():
        try:
            wrong = check_setting(leakcheck, program, case, valgrind[setting][case.name] if setting in valgrind else None)
        except subprocess.TimeoutExpired as expired:
            wrong = [f"after {SECONDS} s still running: {' '.join(expired.cmd)}"]
        lines += [f"{' '.join(setting)}: {line}" for line in wrong]
    return lines


def check_source(leakcheck, folder, source, turn, everywhere):
    """[(case, the lines that say what is wrong)]; turn: which settings are taken."""
    cases = parse_cases(os.path.join(LEAKS, source))
    every = settings(source)
    taken = every if everywhere else [every[(turn + half) % len(every)] for half in (0, len(every) // 2)]
    programs = {setting: build(folder, source, setting) for setting in taken}
    chosen = taken if everywhere else taken[:1]
    valgrind = {setting: by_valgrind(programs[setting], cases) for setting in chosen}
    for case in cases:
        case.reference = complete(valgrind[chosen[0]][case.name][0].sums())
    return [(case, check_case(leakcheck, programs, case, valgrind)) for case in cases]


def main():
    words = sys.argv[1:]
    everywhere = "--all" in words
    leakcheck, *names = [word for word in words if word != "--all"]
    chosen = sources(names)
    print(f"1..{sum(len(parse_cases(os.path.join(LEAKS, source))) for source in chosen)}")
    number = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda turn: check_source(leakcheck, folder, chosen[turn], turn, everywhere),
                           range(len(chosen)))
        for source, cases in zip(chosen, results):
            for case, lines in cases:
                number += 1
                print(f"{'not ok' if lines else 'ok'} {number} {os.path.splitext(source)[0]} {case.name}")
                for line in lines[:40]:
                    print(f"# {line}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
