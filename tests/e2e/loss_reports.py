"""Reads the leak report of valgrind, and of leakcheck, whose text has the same shape."""
import os
import re
from collections import Counter, namedtuple

# The last one is ours alone: mappings that nothing points to.
CLASSES = ["definite", "indirect", "possible", "reachable", "mappings"]
WORDS = {"definitely lost": "definite", "indirectly lost": "indirect", "possibly lost": "possible",
         "still reachable": "reachable", "not freed": "unfreed",
         "lost mappings": "mappings"}
HEAD = re.compile(r"==\d+== ([\d,]+)(?: \(([\d,]+) direct, ([\d,]+) indirect\))? bytes in ([\d,]+) (blocks|mappings) are ([a-z ]+?)"
                  r"(?: \([^()]*\))? in loss record ")
FRAME = re.compile(r"==\d+==    (?:at|by) 0x[0-9A-F]+: (.*?)(?: \((?:in (.*)|([^()]*):(\d+))\))?$")
SUMMARY = re.compile(r"==\d+== +([a-z ]+ (?:lost|reachable|mappings)): ([\d,]+) bytes in ([\d,]+) (?:blocks|mappings)")

Frame = namedtuple("Frame", "function place module")    # place: file:line, or empty
Record = namedtuple("Record", "kind direct indirect blocks frames")


def number(text):
    return int((text or "0").replace(",", ""))


class Report:
    """`records`, as printed, `summary`: {class: (bytes, blocks)}, and whether the report `is_whole`."""

    def __init__(self, lines):
        self.records = []
        self.summary = {}
        self.is_whole = False
        head, frames = None, []
        for line in lines:
            frame = FRAME.match(line)
            if frame:
                function, module, file, line_number = frame.groups()
                place = f"{os.path.basename(file)}:{line_number}" if file else ""
                frames.append(Frame(function, place, os.path.basename(module or "")))
                continue
            if head and frames:
                self.records.append(Record(*head, tuple(frames)))
            head, frames = self.head(line), []
            self.is_whole = self.is_whole or line.rstrip().endswith((" LEAK SUMMARY:", " no leaks are possible"))
            summary = SUMMARY.match(line)
            if summary:
                self.summary[WORDS.get(summary[1], summary[1])] = (number(summary[2]), number(summary[3]))

    @staticmethod
    def head(line):
        found = HEAD.match(line)
        if not found:
            return None
        whole, direct, indirect, blocks, what, words = found.groups()
        return "mappings" if what == "mappings" else WORDS.get(words, words), number(direct or whole), number(indirect), number(blocks)

    def sums(self):
        """{class: (bytes, blocks)} of the records."""
        sums = {}
        for record in self.records:
            size, blocks = sums.get(record.kind, (0, 0))
            sums[record.kind] = (size + record.direct, blocks + record.blocks)
        return sums


def cut(frames):
    """Nothing below main, as valgrind has it by itself; and nothing below a thread's start, since clone3 is not
    there under valgrind."""
    for index, frame in enumerate(frames):
        if frame.function in ("main", "start_thread"):
            return frames[:index + 1]
        if frame.function in ("(below main)", "__libc_start_call_main"):
            return frames[:index]   # a main without a name
    return frames


def comparable(frame):
    """What is compared of a frame (function, place, module)."""
    if frame.function == "__pthread_kill_implementation":
        return (frame.function,)  # where a signal interrupted: valgrind takes the line before it, as if it were a call
    if not frame.place:
        # The names of aliases are a matter of taste; of libstdc++.so.6 and libstdc++.so.6.0.30, one is a link.
        return ("in", frame.module.split(".so")[0])
    return (frame.function, frame.place)


def stack(record):
    """The record's stack from the caller of the allocation function to main, as it is compared."""
    frames = [frame for frame in record.frames[1:] if not frame.module.startswith("vgpreload")]
    return tuple(comparable(frame) for frame in cut(frames))


def by_stack(records, key=stack):
    """Counter of each figure of the records: {(key, figure): sum}; key is by default the stack alone."""
    figures = {}
    for record in records:
        sums = figures.setdefault(key(record), Counter())
        sums.update(direct=record.direct, indirect=record.indirect, blocks=record.blocks)
    return figures


def difference(want, got):
    """Lines that show where two results of by_stack differ; none when they don't."""
    lines = []
    for key in sorted(set(want) | set(got), key=str):
        if want.get(key) != got.get(key):
            lines.append(f"valgrind {figures(want.get(key))}, leakcheck {figures(got.get(key))}:")
            lines += [f"    {' '.join(frame) if isinstance(frame, tuple) else frame}" for frame in key]
    return lines


def figures(counter):
    if counter is None:
        return "nothing"
    indirect = f" and {counter['indirect']} indirect" if counter["indirect"] else ""
    return f"{counter['direct']} bytes{indirect} in {counter['blocks']} blocks"
