#!/usr/bin/env python3
"""The map against the kernel, region by region and as sums.

Of `leakcheck-report --map PID`: the figures are those of /proc/PID/smaps, of pmap -XX and of the page table
(/proc/PID/pagemap), read while the process stands still. Of the library's log: those of /proc/self/smaps and mincore(2),
which maps_copy.c asks in the process itself, as late as it can.

maps.py LEAKCHECK [NAME...]     TAP, two tests a program (PROGRAMS); without names the small one
maps.py LEAKCHECK --pid PID     of a process that is there

Large ones by hand: tests/real/maps.py build/tools/leakcheck cat python3 gcc redis java node
"""
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from urllib.parse import unquote

PAGE = 4096
SIGNAL_FRAME = 16 << 10
COPY = os.path.join(os.path.dirname(os.path.realpath(__file__)), "maps_copy.c")
FIGURES = {"Rss": "resident", "Pss": "proportional", "Swap": "swapped", "Locked": "locked"}
DIRTY = ("Shared_Dirty", "Private_Dirty")
HUGE = ("AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb")


def smaps(path):
    """By start: what the kernel says of each region."""
    regions, current = {}, None
    with open(path, errors="surrogateescape") as f:
        for line in f:
            if m := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)\n", line):
                current = regions[int(m[1], 16)] = {"end": int(m[2], 16), "permissions": m[3], "offset": int(m[4], 16), "name": m[5]}
            elif m := re.match(r"(\w+): +(\d+) kB", line):
                current[m[1]] = int(m[2]) << 10
            elif m := re.match(r"mincore ([0-9a-f]+) (\d+)", line):
                regions[int(m[1], 16)]["mincore"] = int(m[2])
    return regions


def status(pid):
    with open(f"/proc/{pid}/status") as f:
        return {m[1]: int(m[2]) << 10 for m in re.finditer(r"^(\w+):\s+(\d+) kB$", f.read(), re.M)}


def pmap(pid):
    """By start: pmap's columns, in bytes."""
    lines = subprocess.run(["pmap", "-XX", str(pid)], capture_output=True, text=True, errors="surrogateescape").stdout.splitlines()
    header = lines[1].split()
    rows = [dict(zip(header, line.split())) for line in lines[2:] if re.match(r" *[0-9a-f]+ [rwxps-]{4} ", line)]
    return {int(row["Address"], 16): {k: int(v) << 10 for k, v in row.items() if k in (*FIGURES, *DIRTY, "Size")} for row in rows}


def pages(pid, region):
    """What the page table has of one region: bytes present, swapped."""
    present = swapped = 0
    with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as f:
        at, end = region["start"] // PAGE, region["end"] // PAGE
        f.seek(at * 8)
        while at < end:
            raw = f.read(min(end - at, 1 << 17) * 8)
            if not raw:
                break
            for (entry,) in struct.iter_unpack("Q", raw):
                present += entry >> 63
                swapped += entry >> 62 & ~(entry >> 58) & ~(entry >> 63) & 1
            at += len(raw) // 8
    return present * PAGE, swapped * PAGE


def differs(told, real, start, is_shared):
    """Other processes come and go, ours that reads is one: fractions of pages that are shared with them change."""
    wrong = [f"{k}: {told[ours]}, not {real.get(k, 0)}" for k, ours in FIGURES.items()
             if told[ours] != real.get(k, 0) and not (k == "Pss" and is_shared)]
    for keys, ours in ((DIRTY, "dirty"), (HUGE, "huge")):
        if told[ours] != sum(real.get(k, 0) for k in keys):
            wrong.append(f"{ours}: {told[ours]}, not {sum(real.get(k, 0) for k in keys)}")
    return [f"{start:x} {told['name'] or told['kind']}: {w}" for w in wrong]


def compare(report, pid):
    """What is wrong with it, and a line about what was compared."""
    before = smaps(f"/proc/{pid}/smaps")
    run = subprocess.run([report, "--map", "--format=json", str(pid)], capture_output=True)
    after = smaps(f"/proc/{pid}/smaps")
    # Where threads stand the kernel tells only who may trace them.
    complaints = [line for line in run.stderr.decode().splitlines() if "/task/TID/syscall can" not in line]
    if run.returncode or complaints:
        return [f"exit status {run.returncode}: {complaints}"], ""
    vm = json.loads(run.stdout)["vm"][0]
    by_pmap, totals, wrong = pmap(pid), status(pid), []
    if [k for k in before] != [k for k in after]:
        return ["the process does not stand still"], ""
    told = {int(r["start"], 16): dict(r, start=int(r["start"], 16), end=int(r["end"], 16)) for r in vm["regions"]}
    if told.keys() != before.keys():
        wrong.append(f"regions: {[hex(k) for k in told.keys() ^ before.keys()]}")
    for start, real in before.items():
        ours = told.get(start)
        if not ours:
            continue
        is_shared = real["Pss"] != real["Rss"] or real["name"].startswith("/")
        for key in ("end", "permissions", "offset"):
            if ours[key] != real[key]:
                wrong.append(f"{start:x}: {key} {ours[key]}, not {real[key]}")
        if ours["name"].replace("\n", "\\012") != real["name"]:
            wrong.append(f"{start:x}: name {ours['name']}, not {real['name']}")
        wrong += differs(ours, real, start, is_shared)
        if start in by_pmap:
            wrong += [f"pmap: {w}" for w in differs(ours, dict(real, **by_pmap[start]), start, is_shared)]
        present, swapped = pages(pid, ours) if ours["kind"] != "kernel" else (ours["resident"], ours["swapped"])
        if ours["huge"] <= ours["resident"] and (ours["resident"] + ours["zero"], ours["swapped"]) != (present, swapped):
            wrong.append(f"{start:x} {ours['name'] or ours['kind']}: {ours['resident']} + {ours['zero']} of zeroes, {ours['swapped']} "
                         f"in swap; pagemap has {present}, {swapped}")
    missing = set(before) - set(by_pmap) - {k for k, r in before.items() if r["name"] == "[vsyscall]"}
    if missing:
        wrong.append(f"pmap lacks {[hex(k) for k in missing]}")
    for key, ours in (("VmRSS", "rss"), ("VmSize", "size"), ("VmSwap", "swap"), ("VmPeak", "peak"), ("VmHWM", "hwm")):
        if vm["memory"][ours] != totals[key]:
            wrong.append(f"{key}: {vm['memory'][ours]}, not {totals[key]}")
    rss = sum(r["resident"] for r in vm["regions"])
    if rss != sum(r["Rss"] for r in before.values()):
        wrong.append(f"sum of rss: {rss}, not {sum(r['Rss'] for r in before.values())}")
    kinds = {}
    for r in vm["regions"]:
        kinds[r["kind"]] = kinds.get(r["kind"], 0) + 1
    return wrong, f"{len(told)} regions, {rss >> 10} kB resident, VmRSS {totals['VmRSS'] >> 10} kB; " + \
        ", ".join(f"{n} {k}" for k, n in sorted(kinds.items()))


def settled(pid):
    """Waits until it sleeps, and its memory does not change any more."""
    last = None
    for _ in range(600):
        time.sleep(0.1)
        now = status(pid).get("VmRSS")
        if now == last:
            return
        last = now


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    for _ in range(200):
        states = [open(f"/proc/{pid}/task/{t}/stat").read().rpartition(")")[2].split()[0] for t in os.listdir(f"/proc/{pid}/task")]
        if all(s in "TtZ" for s in states):
            return
        time.sleep(0.05)


def launch(folder, wrapper, environment, *command, **options):
    return subprocess.Popen([*wrapper, *command], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=dict(os.environ, **environment), **options)


def start(*command):
    return lambda folder, wrapper, environment: launch(folder, wrapper, environment, *command)


def start_redis(folder, wrapper, environment):
    """With 1 GiB."""
    socket = f"{folder}/redis.sock"
    server = launch(folder, wrapper, environment, "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly",
                    "no", "--dir", folder, "--enable-debug-command", "local")
    for _ in range(100):
        time.sleep(0.1)
        if os.path.exists(socket):
            break
    subprocess.run(["redis-cli", "-s", socket, "debug", "populate", "1000000", "key", "900"], check=True, stdout=subprocess.DEVNULL)
    return server


def start_gcc(folder, wrapper, environment):
    """The compiler proper, at work on something large, which it ends only when it may."""
    count = 20 if wrapper else 2000
    source = f"{folder}/large.cc"
    with open(source, "w") as f:
        f.write("#include <regex>\n#include <map>\n#include <string>\n#include <functional>\n#include <iostream>\n")
        f.write("".join(f"std::map<int, std::map<std::string, char[{i + 1}]>> m{i}; std::regex r{i}(\"a{i}\");\n" for i in range(count)))
    compiler = subprocess.run(["gcc", "-print-prog-name=cc1plus"], capture_output=True, text=True).stdout.strip()
    return launch(folder, wrapper, environment, compiler, "-quiet", "-O0", source, "-o", "/dev/null", "-imultiarch",
                  "x86_64-linux-gnu", "-D_GNU_SOURCE")


JAVA = """class Sleep {
    static byte[][] kept = new byte[100][];
    public static void main(String[] a) throws Exception {
        for (int i = 0; i < kept.length; i++) kept[i] = new byte[1 << 20];
        for (int i = 0; i < 8; i++) {
            Thread t = new Thread(() -> { try { Thread.sleep(600000); } catch (Exception e) {} });
            t.setDaemon(true);
            t.start();
        }
        System.in.read();
    }
}
"""


def start_java(folder, wrapper, environment):
    with open(f"{folder}/Sleep.java", "w") as f:
        f.write(JAVA)
    return launch(folder, wrapper, environment, "java", f"{folder}/Sleep.java")


PYTHON = """
import mmap, sys, threading, time
kept = [str(i) for i in range(1000000)]
shared = mmap.mmap(-1, 1 << 24)
shared[:1 << 20] = bytes(1 << 20)
for _ in range(4):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
sys.stdin.read()
"""
NODE = "global.kept = []; for (let i = 0; i < 1e6; i++) kept.push({i}); process.stdin.on('end', () => 0).resume()"


def end_input(process):
    process.stdin.close()


# What must be there, how it is started, and how it is brought to its end.
PROGRAMS = {
    "cat": ("cat", start("cat"), end_input),
    "python3": ("/usr/bin/python3", start("/usr/bin/python3", "-c", PYTHON), end_input),
    "gcc": ("g++", start_gcc, lambda process: None),
    "redis": ("redis-server", start_redis, subprocess.Popen.terminate),
    "java": ("java", start_java, end_input),
    "node": ("node", start("node", "-e", NODE), end_input),
}


def by_pid(leakcheck, name):
    with tempfile.TemporaryDirectory() as folder:
        process = PROGRAMS[name][1](folder, [], {})
        try:
            time.sleep(3) if name == "gcc" else settled(process.pid)
            stop(process.pid)
            return compare(leakcheck + "-report", process.pid)
        finally:
            process.kill()
            process.wait()


def compare_log(log, copy):
    """leakcheck's own memory has grown since; and the signal that stops a thread has left its frame on that stack."""
    real, wrong, checked, rss = smaps(copy), [], 0, 0
    for line in open(log).read().rpartition("leakcheck-log ")[2].splitlines():
        word, *fields = line.split()
        if word != "region":
            continue
        r = {k: unquote(v) for k, v in (f.split("=", 1) for f in fields)}
        start, end = int(r["start"], 16), int(r["end"], 16)
        if r["kind"] == "leakcheck":
            continue
        there = real.get(start)
        if not there or there["end"] != end or there["permissions"] != r["perm"] or there["name"].replace("\\012", "\n") != r["name"]:
            wrong.append(f"{line}: smaps has {there}")
            continue
        checked += 1
        rss += int(r["rss"])
        for key, name in (("Rss", "rss"), ("Swap", "swap"), ("Locked", "locked")):
            more = int(r[name]) - there[key]
            if more and not (r["kind"] == "stack" and name == "rss" and 0 < more <= SIGNAL_FRAME):
                wrong.append(f"{start:x} {r['name'] or r['kind']}: {key} {r[name]}, not {there[key]}")
        is_anonymous = r["name"] in ("", "[heap]", "[stack]") and r["perm"].endswith("p")
        if is_anonymous and r["kind"] != "stack" and "mincore" in there and int(r["rss"]) + int(r["zero"]) != there["mincore"]:
            wrong.append(f"{start:x} {r['name'] or r['kind']}: {r['rss']} + {r['zero']} of zeroes; mincore has {there['mincore']}")
    return wrong if checked > 5 else [f"only {checked} regions"], f"{checked} regions, {rss >> 10} kB resident"


def in_process(leakcheck, name):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", f"{folder}/copy.so", COPY], check=True)
        wrapper = [leakcheck, "-q", "--error-exitcode=0", "--trace-children=no", "--run-libc-freeres=no", "--symbolizer=no",
                   "--log-file=/dev/null", f"--record={folder}/log"]
        process = PROGRAMS[name][1](folder, wrapper, {"LD_PRELOAD": f"{folder}/copy.so", "MAPS_COPY": f"{folder}/smaps"})
        pid = process.pid
        if name != "gcc":
            settled(pid)
        PROGRAMS[name][2](process)
        process.wait(300)
        return compare_log(f"{folder}/log", f"{folder}/smaps.{pid}")


def main():
    leakcheck, *rest = sys.argv[1:]
    leakcheck = os.path.realpath(leakcheck)
    if rest[:1] == ["--pid"]:
        wrong, what = compare(leakcheck + "-report", int(rest[1]))
        print("\n".join(wrong[:40]) or what)
        return bool(wrong)
    names = rest or ["cat"]
    failed = 0
    print(f"1..{2 * len(names)}")
    for i, (name, way) in enumerate(((n, w) for n in names for w in (by_pid, in_process)), 1):
        if not shutil.which(PROGRAMS[name][0]):
            print(f"ok {i} {name} # SKIP {PROGRAMS[name][0]} is not installed")
            continue
        wrong, what = way(leakcheck, name)
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {i} {name}, {way.__name__}: {what}")
        print("".join(f"# {w}\n" for w in wrong[:40]), end="", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
