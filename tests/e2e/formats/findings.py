#!/usr/bin/python3
"""Writes a log of COUNT leaks, each with a stack of its own of ten frames in the program EXE: findings.py COUNT EXE"""
import subprocess
import sys

BIAS = 0x555555554000
DEPTH = 9


def main(count, exe):
    symbols = subprocess.run(["nm", exe], capture_output=True, text=True, check=True).stdout.splitlines()
    code = [int(line.split()[0], 16) for line in symbols if line.split()[-2] in "Tt"]
    lines = ["leakcheck-log 1",
             f"process pid=1 ppid=1 main=1 exe={exe} cwd=/ start-ms=1700000000000 duration-ms=5 end=status value=0 library=0",
             f"argument value={exe}",
             f"module id=0 start={BIAS:#x} end={BIAS + (1 << 30):#x} bias={BIAS:#x} closed=0 build-id= path={exe}"]

    def frame(number, outer, address):
        lines.append(f"frame id={number} outer={outer} module=0 address={BIAS + address:#x} exact=0 cut=0")

    for i in range(DEPTH):
        frame(i, i - 1 if i else "-", code[i % len(code)] + 1)
    for i in range(count):
        frame(DEPTH + i, DEPTH - 1, code[i % len(code)] + 1 + i // len(code))
    for i in range(count):
        lines.append(f"leak kind=definite bytes={2 * (i + 1)} blocks=2 function=malloc at={BIAS:#x} stack={DEPTH + i}")
    lines.append(f"end lines={len(lines)}")
    print("\n".join(lines))


main(int(sys.argv[1]), sys.argv[2])
