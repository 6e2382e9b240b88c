#!/usr/bin/env -S python3 -B
"""What real programs lose, by valgrind and by leakcheck.

losses.py [--write] LEAKCHECK [NAME...]: each program of the table `losses`, or those named, once under each. What is
definitely lost must be the same, bytes and blocks. Where it is not, the program is run again by leakcheck with a heap
that libc fills: valgrind knows which words of a block were never written, to everybody else pointers that were left
there by an earlier block look like the new one's. Then it must be the same, or the table must give the reason why not.
With --write the figures are put into the table; those of some programs are others in each run. Prints TAP, and where
the two differ, stack by stack.
"""
import concurrent.futures
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import loss_reports     # pylint: disable=wrong-import-position
from loss_reports import Report     # pylint: disable=wrong-import-position

TABLE = os.path.join(HERE, "losses")
SECONDS = 600
# No block is handed on as it was left: without tcache each passes through where glibc fills it.
FILLED = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"}
VALGRIND = ["valgrind", "--leak-check=full", "--num-callers=50"]
LEAKCHECK = ["--leak-check=full", "--num-callers=50", "--memory-map=no", "--error-exitcode=0", "--trace-children=no"]


@dataclass
class Program:
    """A line of the table, with the lines of its reason."""
    name: str
    package: str
    valgrind: str       # bytes/blocks
    ours: str
    filled: str         # ours, with a filled heap; `-` when ours is valgrind's
    command: str
    reason: list = field(default_factory=list)

    def text(self):
        return "\n".join([f"{self.name} | {self.package} | {self.valgrind} | {self.ours} | {self.filled} | {self.command}", *self.reason])


def read_table():
    """The lines of its head, and the programs."""
    head, programs = [], []
    with open(TABLE, encoding="utf-8") as lines:
        for line in lines.read().splitlines():
            if line.startswith(" "):
                programs[-1].reason.append(line)
            elif line.startswith("#") or not line:
                head.append(line)
            else:
                programs.append(Program(*line.split(" | ", 5)))
    return head, programs


def is_installed(package):
    status = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True)
    return status.stdout.endswith(" installed")


def definite(tool, command, more=()):
    """The records of what is definitely lost in the one process that the command starts with $run."""
    with tempfile.TemporaryDirectory() as folder:
        log, pid, run = (os.path.join(folder, name) for name in ("log", "pid", "run"))
        with open(run, "w", encoding="utf-8") as script:
            settings = "".join(f"export {name}={value}\n" for name, value in dict(more).items())
            script.write(f'#!/bin/sh\n{settings}echo $$ >{pid}\nexec {" ".join(tool)} --log-file={log} "$@"\n')
        os.chmod(run, 0o755)
        work = os.path.join(folder, "work")
        os.mkdir(work)
        environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "LC_ALL": "C", "run": run}
        subprocess.run(["bash", "-c", command], cwd=work, env=environment, timeout=SECONDS, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(pid, encoding="utf-8") as text:
            prefix = f"=={text.read().strip()}=="
        with open(log, encoding="utf-8", errors="replace") as lines:
            report = Report(line for line in lines if line.startswith(prefix))
    return [record for record in report.records if record.kind == "definite"]


def figures(records):
    return f"{sum(record.direct for record in records)}/{sum(record.blocks for record in records)}"


def check(leakcheck, program):
    """Puts the program's figures in; returns the lines that say what is wrong, or None for what is not installed."""
    if not is_installed(program.package):
        return None
    try:
        valgrind = definite(VALGRIND, program.command)
        ours = definite([leakcheck, *LEAKCHECK], program.command)
        program.valgrind, program.ours, program.filled = figures(valgrind), figures(ours), "-"
        if program.valgrind == program.ours:
            return []
        ours = definite([leakcheck, *LEAKCHECK], program.command, FILLED)
        program.filled = figures(ours)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [str(error)]
    if program.valgrind == program.filled or program.reason:
        return []
    return [f"valgrind {program.valgrind}, leakcheck {program.ours}, with a filled heap {program.filled}",
            *loss_reports.difference(loss_reports.by_stack(valgrind), loss_reports.by_stack(ours))]


def main():
    words = sys.argv[1:]
    leakcheck, *names = [word for word in words if word != "--write"]
    leakcheck = os.path.realpath(leakcheck)
    head, programs = read_table()
    chosen = [program for program in programs if not names or program.name in names]
    print(f"1..{len(chosen)}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda program: check(leakcheck, program), chosen)
        for number, (program, lines) in enumerate(zip(chosen, results), 1):
            if lines is None:
                print(f"ok {number} {program.name} # SKIP the package {program.package} is not installed")
                continue
            print(f"{'not ok' if lines else 'ok'} {number} {program.name} {program.valgrind} {program.ours} {program.filled}")
            for line in lines[:100]:
                print(f"# {line}")
            sys.stdout.flush()
    if "--write" in words:
        with open(TABLE, "w", encoding="utf-8") as table:
            table.write("\n".join([*head, *(program.text() for program in programs)]) + "\n")


if __name__ == "__main__":
    main()
