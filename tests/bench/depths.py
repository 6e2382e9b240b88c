"""The mean stack depth that a tool recorded, over the blocks that were not freed: frames from malloc's caller outwards.
Each function reads what the tool left behind and returns a number, or None where it says nothing."""
import glob
import os
import re
import subprocess


def mean(pairs):
    """Of (depth, blocks)."""
    pairs = list(pairs)
    blocks = sum(count for _, count in pairs)
    return sum(depth * count for depth, count in pairs) / blocks if blocks else None


def newest(pattern):
    return max(glob.glob(pattern), key=os.path.getsize, default=None)


def read(path):
    with open(path, encoding='utf-8', errors='replace') as lines:
        yield from lines


def leakcheck(prefix):
    path = newest(prefix + '*')
    return path and mean(leakcheck_stacks(path))


def leakcheck_stacks(path):
    depth = {'-': 0}
    for line in read(path):
        word, _, rest = line.partition(' ')
        if word in ('frame', 'leak'):
            fields = dict(item.split('=', 1) for item in rest.split())
            if word == 'frame':
                depth[fields['id']] = depth[fields['outer']] + 1
            else:
                yield depth[fields['stack']], int(fields['blocks'])


def leakcheck_memory(prefix):
    """(peak RSS of the process, what leakcheck itself had mapped) in bytes."""
    path = newest(prefix + '*')
    for line in read(path) if path else ():
        if line.startswith('memory '):
            fields = dict(item.split('=', 1) for item in line.split()[1:])
            return int(fields['hwm']), int(fields['own'])
    return 0, 0


def printed_stacks(path, record, frame):
    """Stacks of a printed report: a line that matches `record` (its group: the blocks), then lines like `frame`, the first of
    them the allocation function itself."""
    blocks, depth = 0, 0
    for line in read(path):
        found = record.search(line)
        if found:
            if blocks:
                yield max(depth - 1, 0), blocks
            blocks, depth = int(found.group(1).replace(',', '')), 0
        elif blocks and frame.search(line):
            depth += 1
        elif blocks and depth:
            yield depth - 1, blocks
            blocks = 0
    if blocks:
        yield max(depth - 1, 0), blocks


def lsan(prefix):
    path = newest(prefix + '*')
    return path and mean(printed_stacks(path, re.compile(r'leak of [\d]+ byte\(s\) in (\d+) object'), re.compile(r'^ +#\d+ 0x')))


def valgrind(prefix):
    path = newest(prefix + '*')
    return path and mean(printed_stacks(path, re.compile(r' bytes in ([\d,]+) blocks are .* in loss record'),
                                        re.compile(r'^==\d+==    (at|by) 0x')))


def gperftools(prefix):
    path = newest(prefix + '*.heap')
    if not path:
        return None
    line = re.compile(r'^ *(\d+): +\d+ \[ *\d+: +\d+\] @ (.*)$')
    found = (line.match(text) for text in read(path))
    return mean((len(match.group(2).split()), int(match.group(1))) for match in found if match)


def jemalloc(prefix):
    path = newest(prefix + '*.heap')
    return path and mean(jemalloc_stacks(path))


def jemalloc_stacks(path):
    depth = 0
    for line in read(path):
        if line.startswith('@ '):
            depth = len(line.split()) - 1
        elif depth and line.startswith('  t*:'):
            yield depth, int(line.split()[1].rstrip(':'))


# Indexes count up from 1 (t) and 0 (a); they and all numbers are in hexadecimal, and so stay strings here.
HEAPTRACK = r'''
$1 == "t" { id = sprintf("%x", ++traces); depth[id] = $3 in depth ? depth[$3] + 1 : 1 }
$1 == "a" { trace[sprintf("%x", infos++)] = $3 }
$1 == "+" { live[$2]++ }
$1 == "-" { live[$2]-- }
END { for (i in live) { blocks += live[i]; frames += live[i] * depth[trace[i]] } if (blocks > 0) print frames / blocks }
'''


def heaptrack(path):
    with subprocess.Popen(['zstd', '-dcq', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as data:
        found = subprocess.run(['awk', HEAPTRACK], stdin=data.stdout, capture_output=True, text=True, check=False).stdout
    return float(found) if found.strip() else None
