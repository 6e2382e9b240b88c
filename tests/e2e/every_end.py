#!/usr/bin/env -S python3 -B
"""Every way in which a process ends: as without leakcheck, and with one whole report on each process.

every_end.py LEAKCHECK [NAME...]: runs each end of programs/ends.c and ends.cc by itself, under the library alone, and under the
wrapper. stdout, standard error, exit status and files must be the same (under the wrapper the report stands on standard
error, too). Each process leaves one log, whole, and one report, with the block that it has lost. Prints TAP.
"""
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60
LOST_BYTES = 4321
COMPILERS = {"c": "gcc", "cc": "g++"}


@dataclass
class End:
    name: str
    end: str                # as the log says it, of all processes that leave one
    processes: int = 1      # with a log
    lost: tuple = (1, 1)    # least and most records of it in each
    is_outlived: bool = False   # a process may end after the command, and then reports for itself
    is_scanned: bool = True # or there is no way to: what was not freed is listed, and the log says so
    shell: str = ""         # run before, by a shell that then becomes the program
    language: str = "c"
    trouble: str = ""       # what is said on standard error, where reports can't be written


ENDS = [
    End("return", "status 0"),
    End("exit", "status 7"),
    End("_exit", "status 7"),
    End("_Exit", "status 7"),
    End("quick_exit", "status 7"),
    End("abort", "signal 6"),
    End("assert", "signal 6"),
    End("handler", "status 10"),
    End("pthread_exit", "status 0"),
    End("main_thread_first", "status 7"),
    End("exit_elsewhere", "status 7"),
    End("exit_in_destructor", "status 7"),
    End("system_call", "status 7"),
    End("exec", "status 7"),
    End("failed_exec", "status 7"),
    End("daemon", "status 0", processes=2, lost=(1, 2), is_outlived=True),
    End("double_fork", "status 5|status 4|status 3", processes=3),
    End("vfork", "status 7"),
    End("chroot", "status 7"),
    End("chdir", "status 7"),
    End("nobody", "status 7"),
    End("descriptors_reused", "status 7"),
    End("dup2_over_all", "status 7"),
    End("close_range", "status 7"),
    End("closefrom", "status 7"),
    End("all_closed", "status 7"),
    End("stderr_reused", "status 7"),
    End("broken_pipe", "signal 13"),
    End("broken_pipe_quietly", "status 7"),
    End("limit_memory", "status 7", is_scanned=False),
    End("limit_data", "status 7", is_scanned=False),
    End("limit_descriptors", "status 7", is_scanned=False),
    End("limit_file_size", "status 7", trouble="File too large"),
    End("soft_limits", "status 7"),
    End("limit_stack", "status 7"),
    End("limit_processes", "status 7"),
    End("limit_core", "status 7"),
    End("last_thread", "status 7"),
    End("seccomp", "status 7"),
    End("seccomp_listener", "status 7"),
    End("seccomp_threads", "status 7"),
    End("seccomp_kills", "signal 31", is_scanned=False),
    End("seccomp_kills_exec", "signal 31", is_scanned=False),
    End("seccomp_kills_prctl", "signal 31", is_scanned=False),
    End("seccomp_strict", "status 7"),
    End("signals_blocked", "status 7"),
    End("children_ignored", "status 7"),
    End("children_noticed", "status 7"),
    End("static_destructor", "status 7", language="cc"),
    End("uncaught", "signal 6", language="cc"),
    End("uncaught_in_thread", "signal 6", language="cc"),
    End("terminate", "status 7", language="cc"),
    End("thread_local", "status 7", language="cc", lost=(1, 2)),
]


@dataclass
class Run:
    out: bytes
    err: bytes
    status: int
    files: dict


def contents(folder):
    found = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(directory, name), "rb") as file:
                found[os.path.relpath(file.name, folder)] = file.read()
    return found


def run(end, command, folder, environment):
    """In an empty folder; until nobody has stdout any more."""
    os.mkdir(folder)
    if end.shell:
        command = ["sh", "-c", f'{end.shell}; exec "$@"', "sh", *command]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, **environment}, timeout=SECONDS)
    return Run(done.stdout, done.stderr, done.returncode, contents(folder))


def difference(want, got, err):
    if got.status != want.status:
        yield f"status {got.status}, not {want.status}"
    if got.out != want.out:
        yield f"stdout {got.out!r}, not {want.out!r}"
    if err != want.err:
        yield f"standard error {err[:300]!r}, not {want.err!r}"
    for name in sorted(set(want.files) | set(got.files)):
        if want.files.get(name) != got.files.get(name):
            yield f"file {name}: {got.files.get(name, b'none')[:200]!r}, not {want.files.get(name, b'none')!r}"


def is_whole(lines):
    return bool(lines) and lines[0] == "leakcheck-log 1" and lines[-1] == f"end lines={len(lines) - 1}"


def log_faults(end, name, text):
    """What is wrong with the log of a process."""
    lines = text.decode().splitlines()
    if not is_whole(lines):
        yield f"{name} is not one whole log: {lines[-1:]}"
        return
    kinds = [line.split()[0] for line in lines]
    how = re.search(r" end=(\w+) value=(\d+) ", lines[1])
    if not re.fullmatch(end.end, " ".join(how.groups())):
        yield f"{name}: ended by {how.groups()}"
    for kind, least in ("heap", 1), ("memory", 1), ("coverage", 1), ("region", 10 if end.is_scanned else 0), ("module", 2), ("frame", 2):
        if kinds.count(kind) < least:
            yield f"{name}: {kinds.count(kind)} lines of {kind}"
    kind = "definite" if end.is_scanned else "unfreed"
    lost = [line for line in lines if line.startswith(f"leak kind={kind} ") and f" bytes={LOST_BYTES} " in line]
    if not end.lost[0] <= len(lost) <= end.lost[1]:
        yield f"{name}: {len(lost)} leaks of {LOST_BYTES} bytes, not {end.lost}: {lost}"
    if not end.is_scanned and how[1] == "status" and "note" not in kinds:
        yield f"{name}: does not say what is missing"


def record_faults(end, records):
    """What is wrong with the logs of a run."""
    if end.trouble:
        return
    logs = contents(records)
    logs = {name: text for name, text in logs.items() if name.startswith("log.")}
    if len(logs) != end.processes:
        yield f"{len(logs)} logs, not {end.processes}"
    for name, text in logs.items():
        yield from log_faults(end, name, text)


def without_trouble(end, err):
    """Without the report that could not be written elsewhere: if the reason is told, and only then."""
    if not end.trouble or end.trouble.encode() not in err:
        return err
    return re.sub(rb"^(leakcheck: .*|==\d+==.*)\n", b"", err, flags=re.M)


def under_library(end, library, program, folder):
    records = os.path.join(folder, "records")
    os.mkdir(records)
    environment = {"LD_PRELOAD": library,
                   "LEAKCHECK_OPTIONS": f"log-file={records}/report.%p:record={records}/log.%p"}
    got = run(end, [program, end.name], os.path.join(folder, "library"), environment)
    faults = [*record_faults(end, records)]
    for name, text in contents(records).items():
        if name.startswith("report.") and not end.trouble and text.count(b"HEAP SUMMARY") != 1:
            faults.append(f"{name}: {text.count(b'HEAP SUMMARY')} summaries: {text[:300]}")
    return got, without_trouble(end, got.err), faults


def under_wrapper(end, leakcheck, program, folder):
    records = os.path.join(folder, "wrapper-records")
    os.mkdir(records)
    command = [leakcheck, "--error-exitcode=0", f"--record={records}/log.%p", program, end.name]
    got = run(end, command, os.path.join(folder, "wrapper"), {})
    faults = [*record_faults(end, records)]
    own = re.compile(rb"^==\d+==.*\n", re.M)
    report = b"".join(own.findall(got.err))
    if not 1 <= report.count(b"HEAP SUMMARY") <= 1 + end.is_outlived:
        faults.append(f"{report.count(b'HEAP SUMMARY')} reports")
    return got, without_trouble(end, own.sub(b"", got.err)), faults


def check(end, leakcheck, folder):
    library = os.path.join(os.path.dirname(leakcheck), "../src/preload/libleakcheck.so")
    program = os.path.join(folder, f"ends.{end.language}")
    own = os.path.join(folder, f"{end.name}")
    os.mkdir(own)
    want = run(end, [program, end.name], os.path.join(own, "plain"), {})
    for mode, how, what in ("library", under_library, os.path.realpath(library)), ("wrapper", under_wrapper, leakcheck):
        got, err, faults = how(end, what, program, own)
        for fault in [*difference(want, got, err), *faults]:
            yield f"{mode}: {fault}"


def compile_program(folder, language):
    subprocess.run([COMPILERS[language], "-O1", "-g", "-fno-builtin", "-w", "-o", os.path.join(folder, f"ends.{language}"),
                    os.path.join(HERE, f"programs/ends.{language}"), "-lpthread"], check=True)


def main():
    leakcheck, *names = sys.argv[1:]
    ends = [end for end in ENDS if not names or end.name in names]
    for variable in "LD_PRELOAD", "LEAKCHECK_OPTIONS", "LD_LIBRARY_PATH":
        os.environ.pop(variable, None)
    os.environ["LC_ALL"] = "C"
    print(f"1..{len(ends)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for language in sorted({end.language for end in ends}):
            compile_program(folder, language)
        for index, end in enumerate(ends, 1):
            faults = [*check(end, os.path.realpath(leakcheck), folder)]
            print(f"{'not ok' if faults else 'ok'} {index} {end.name}")
            for fault in faults[:40]:
                print(f"# {fault}")
            sys.stdout.flush()


main()
