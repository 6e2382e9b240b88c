#!/usr/bin/env python3
"""What a log says of memory, for memory.bats.

memory_log.py LOG region SIZE KEY...   the figures of the one region of SIZE bytes that the program mapped
memory_log.py LOG leak BYTES KEY...    those of the leak of BYTES bytes
memory_log.py LOG pages KEY             how many pages of all regions are KEY
memory_log.py LOG account              fails unless the regions' rss add up to the process's
memory_log.py LOG compare SMAPS        fails unless the regions are those of a copy of /proc/PID/smaps
"""
import re
import sys
from urllib.parse import unquote


def records(path, word):
    """Of the last log in the file: processes below the program, and earlier checks, stand before it."""
    for line in open(path).read().rpartition("leakcheck-log ")[2].splitlines():
        first, *fields = line.split()
        if first == word:
            yield {k: unquote(v) for k, v in (f.split("=", 1) for f in fields)}


def size(region):
    return int(region["end"], 16) - int(region["start"], 16)


def pick(found, keys):
    if len(found) != 1:
        sys.exit(f"{len(found)} of them")
    print(*(found[0].get(k, "-") for k in keys))


def account(log):
    rss = sum(int(r["rss"]) for r in records(log, "region"))
    told = int(next(records(log, "memory"))["rss"])
    if abs(rss - told) > 256 << 10:  # the kernel batches the counter behind VmRSS by CPU before 6.16
        sys.exit(f"regions {rss}, VmRSS {told}")


def smaps(path):
    regions, current = {}, None
    for line in open(path):
        if m := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line):
            current = regions[int(m[1], 16)] = {"end": int(m[2], 16), "perm": m[3]}
        elif m := re.match(r"(Rss|Pss|Swap): +(\d+) kB", line):
            current[m[1].lower()] = int(m[2]) << 10
    return regions


def compare(log, path):
    """Ours may have grown since; what the copying itself touched may be more by some pages."""
    there = smaps(path)
    checked = 0
    for r in records(log, "region"):
        if r["kind"] == "leakcheck":
            continue
        t = there.get(int(r["start"], 16))
        if not t or t["end"] != int(r["end"], 16) or t["perm"] != r["perm"]:
            sys.exit(f"not in smaps: {r}, but {t}")
        if any(abs(int(r[k]) - t[k]) > 64 << 10 for k in ("rss", "swap")):
            sys.exit(f"{r}, but {t}")
        checked += 1
    if checked < 10:
        sys.exit(f"only {checked} regions")


def main():
    log, what, *rest = sys.argv[1:]
    if what == "region":
        pick([r for r in records(log, "region") if size(r) == int(rest[0]) and r["kind"] != "leakcheck"], rest[1:])
    elif what == "leak":
        pick([r for r in records(log, "leak") if r["bytes"] == rest[0]], rest[1:])
    elif what == "pages":
        print(sum(int(r.get(rest[0], 0)) for r in records(log, "region")) // 4096)
    elif what == "account":
        account(log)
    else:
        compare(log, *rest)


main()
