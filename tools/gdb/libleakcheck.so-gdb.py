"""gdb's commands on the record of libleakcheck.so, which gdb loads with the library: in a live program and in a core file.

    leakcheck blocks [MIN-BYTES]         what is live, by who allocated it
    leakcheck who-points-at ADDRESS      which words of memory and registers point into the block there
    leakcheck leaks                      what nothing leads to

Read from the process's memory by the library's own debug information; nothing is called in the process.
"""
import bisect
import functools
import re
import struct

import gdb

PAGE = 4096
RED_ZONE = 128  # below the stack pointer, a function may use it (System V ABI, AMD64)
CHUNK = 16 << 20


class Missing(gdb.GdbError):
    """What the commands need is not there."""


def value(expression):
    try:
        return gdb.parse_and_eval(expression)
    except gdb.error as why:
        raise Missing("leakcheck: libleakcheck.so is not in this process, has not started, or its debug information (the "
                      "package leakcheck-dbgsym) is not there: %s" % why)


def read(address, size):
    """`size` bytes; what can't be read, as memory that was never touched in a core file, is zeroes."""
    inferior = gdb.selected_inferior()
    try:
        return bytes(inferior.read_memory(address, size))
    except gdb.MemoryError:
        pass
    out = bytearray(size)
    for at in range(0, size, PAGE):
        part = min(PAGE, size - at)
        try:
            out[at:at + part] = inferior.read_memory(address + at, part)
        except gdb.MemoryError:
            pass
    return bytes(out)


class Vec:
    """base/vec.h."""

    def __init__(self, name):
        v = value(name)
        self.count, self.size = int(v["count"]), int(v["item_size"])
        self.pieces = v["pieces"]
        self.read = {}

    def __getitem__(self, index):
        piece, place = index >> 14, index & ((1 << 14) - 1)
        if piece not in self.read:
            self.read[piece] = read(int(self.pieces[piece]), min(1 << 14, self.count - (piece << 14)) * self.size)
        return self.read[piece][place * self.size:(place + 1) * self.size]


class Record:
    """The live blocks as (address, size, function, stack), sorted."""

    def __init__(self):
        self.heap = value("lc_heap")
        self.sites, self.frames = Vec("lc_sites"), Vec("'depot.c'::depot.frames")
        self.functions = {int(f.enumval): f.name for f in gdb.lookup_type("enum lc_function").fields()}
        self.blocks = sorted([*self._slots(), *self._side()])
        self.starts = [b[0] for b in self.blocks]

    def _site(self, number):
        size, stack, function = struct.unpack("<QII", self.sites[number & ((1 << 28) - 1)][:16])
        return size, function & ~(1 << 7), stack

    def _slots(self):
        bits = int(self.heap["granule_bits"])
        directory = int(self.heap["directory"])
        regions = memoryview(read(directory, 8 << (47 - 26))).cast("Q")
        used = [i for i, slots in enumerate(regions) if slots]
        for region in used:
            slots = memoryview(read(regions[region], 4 << (26 - bits))).cast("I")
            for i in [i for i, slot in enumerate(slots) if slot and not slot >> 31]:
                slot = slots[i]
                address = (region << 26) + (i << bits) + (16 if slot >> 30 & 1 else 0)
                yield (address,) + self._site((slot & ((1 << 30) - 1)) - 1)

    def _side(self):
        block = value("'heap.c'::heap.side")
        while int(block):
            yield (int(block["address"]),) + self._site(int(block["site"]))
            block = block["hh"]["next"].cast(block.type)

    def stack(self, number):
        """Return addresses, innermost first."""
        while number != 0xffffffff:
            address, number, _ = struct.unpack("<QII", self.frames[number][:16])
            yield address & ((1 << 56) - 1)

    def find(self, word):
        """The index of the block that `word` points into, or -1. An end is not inside, a block of no bytes has one."""
        i = bisect.bisect_right(self.starts, word) - 1
        return i if i >= 0 and word < self.starts[i] + max(self.blocks[i][1], 1) else -1

    def function(self, block):
        return self.functions.get(block[2], "?").replace("LC_FN_", "").lower()


@functools.lru_cache(maxsize=None)
def place(pc):
    """A return address as "function (file:line)"."""
    at = gdb.execute("info symbol %#x" % (pc - 1), to_string=True).split(" in section")[0].split(" + ")[0].strip()
    line = gdb.find_pc_line(pc - 1)
    name = "???" if at.startswith("No symbol") else at
    return "%s (%s:%d)" % (name, line.symtab.filename, line.line) if line.symtab else name


def put_stack(record, number):
    for n, pc in enumerate(record.stack(number)):
        gdb.write("   %s 0x%X: %s\n" % ("by" if n else "at", pc, place(pc)))
        if place(pc).split(" ")[0] == "main":
            break


def put_blocks(record, blocks, what):
    """By stack and function, the most bytes last, as in leakcheck's report."""
    sums = {}
    for b in blocks:
        entry = sums.setdefault((b[2], b[3]), [0, 0, b])
        entry[0] += b[1]
        entry[1] += 1
    for (_, stack), (size, count, block) in sorted(sums.items(), key=lambda item: item[1][0]):
        gdb.write("%s bytes in %s blocks %s, the first at %#x, by %s\n" % (format(size, ","), format(count, ","), what, block[0],
                                                                         record.function(block)))
        put_stack(record, stack)
    gdb.write("%s bytes in %s blocks in all\n" % (format(sum(b[1] for b in blocks), ","), format(len(blocks), ",")))


def writable():
    """(start, end) of writable memory: of the process, or of the core file."""
    pid = gdb.selected_inferior().pid
    sections = gdb.execute("maint info sections", to_string=True)
    core = sections.partition("Core file:")[2]
    if core:
        for start, end, flags in re.findall(r"0x([0-9a-f]+)->0x([0-9a-f]+) at 0x[0-9a-f]+: load\S* (.*)", core):
            if "READONLY" not in flags:
                yield int(start, 16), int(end, 16)
        return
    try:
        maps = open("/proc/%d/maps" % pid)
    except OSError as why:
        raise Missing("leakcheck: %s" % why)
    with maps:
        for line in maps:
            fields = line.split()
            if fields[1].startswith("rw") and not fields[-1].startswith("/dev/"):
                yield tuple(int(x, 16) for x in fields[0].split("-"))


def own_pages():
    """The library's own memory: base/arena.c."""
    arena = value("'arena.c'::arena")
    left, chunk, out = int(arena["count"]), arena["first"], []
    while left > 0:
        ranges = chunk["ranges"]
        for i in range(min(left, 510)):
            out.append((int(ranges[i]["range"]["start"]), int(ranges[i]["range"]["end"])))
        left -= 510
        if left > 0:
            chunk = chunk["next"].dereference()
    return [r for r in out if r[0] < r[1]]


def without(pieces, hole):
    for start, end in pieces:
        if hole[1] <= start or end <= hole[0]:
            yield start, end
            continue
        if start < hole[0]:
            yield start, hole[0]
        if hole[1] < end:
            yield hole[1], end


def registers():
    """(thread, name, value), and the stack pointers."""
    words, tops = [], []
    selected = gdb.selected_thread()
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        frame = gdb.newest_frame()
        for register in frame.architecture().registers("general"):
            try:
                words.append((thread.num, register.name, int(frame.read_register(register)) & ((1 << 64) - 1)))
            except (gdb.error, ValueError, OverflowError):
                pass
        tops.append(int(frame.read_register("rsp")) & ((1 << 64) - 1))
    if selected:
        selected.switch()
    return words, tops


def words_of(start, end):
    """(address, word) of what is not 0 there."""
    start = (start + 7) & ~7
    for at in range(start, end, CHUNK):
        size = min(CHUNK, end - at) & ~7
        for i, word in enumerate(memoryview(read(at, size)).cast("Q")):
            if word:
                yield at + 8 * i, word


class Memory:
    """What may hold a pointer beside blocks: writable memory that is not the allocator's, nor the library's."""

    def __init__(self, record):
        self.registers, tops = registers()
        pieces = []
        for start, end in writable():
            for top in tops:
                if start <= top < end:
                    start = max(start, top - RED_ZONE)
            pieces.append((start, end))
        pieces = [p for p in pieces if not self._has_blocks(record, p)]
        for hole in own_pages():
            pieces = list(without(pieces, hole))
        self.pieces = pieces

    @staticmethod
    def _has_blocks(record, piece):
        i = bisect.bisect_left(record.starts, piece[0])
        return i < len(record.starts) and record.starts[i] < piece[1]


def holder(address):
    name = gdb.execute("info symbol %#x" % address, to_string=True).split(" in section")[0].strip()
    return "" if name.startswith("No symbol") else " (%s)" % name


class Leakcheck(gdb.Command):
    """Live blocks, pointers and leaks, from the record of libleakcheck.so."""

    def __init__(self):
        super().__init__("leakcheck", gdb.COMMAND_DATA, prefix=True)


class Blocks(gdb.Command):
    """leakcheck blocks [MIN-BYTES]: what is live, by who allocated it; only blocks of MIN-BYTES or more."""

    def __init__(self):
        super().__init__("leakcheck blocks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        least = int(gdb.parse_and_eval(argument)) if argument else 0
        record = Record()
        put_blocks(record, [b for b in record.blocks if b[1] >= least], "are live")


class WhoPointsAt(gdb.Command):
    """leakcheck who-points-at ADDRESS: the words that point into the block there, and where they lie."""

    def __init__(self):
        super().__init__("leakcheck who-points-at", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("leakcheck: who-points-at takes an address")
        address = int(gdb.parse_and_eval(argument)) & ((1 << 64) - 1)
        record = Record()
        target = record.find(address)
        if target < 0:
            raise gdb.GdbError("leakcheck: no live block is at %#x" % address)
        start, size = record.blocks[target][:2]
        end = start + max(size, 1)
        gdb.write("%#x is %d bytes inside a block of size %s, by %s\n" % (address, address - start, format(size, ","),
                                                                       record.function(record.blocks[target])))
        put_stack(record, record.blocks[target][3])
        memory, count = Memory(record), 0
        for thread, name, word in memory.registers:
            if start <= word < end:
                gdb.write(" register %s of thread %d points at %#x\n" % (name, thread, word))
                count += 1
        for piece in memory.pieces:
            for at, word in words_of(*piece):
                if start <= word < end:
                    gdb.write(" *%#x%s points at %#x\n" % (at, holder(at), word))
                    count += 1
        for b in record.blocks:
            for at, word in words_of(b[0], b[0] + (b[1] & ~7)) if b[0] != start else ():
                if start <= word < end:
                    gdb.write(" *%#x, %d bytes inside the block %#x of size %s by %s, points at %#x\n" % (
                        at, at - b[0], b[0], format(b[1], ","), record.function(b), word))
                    count += 1
        gdb.write("%d words point at it\n" % count)


class Leaks(gdb.Command):
    """leakcheck leaks: the live blocks that nothing leads to; what only these lead to is counted with them."""

    def __init__(self):
        super().__init__("leakcheck leaks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        record = Record()
        memory = Memory(record)
        reached = self._reach(record, [word for _, _, word in memory.registers], memory.pieces)
        lost = [b for i, b in enumerate(record.blocks) if not reached[i]]
        put_blocks(record, lost, "are lost")

    @staticmethod
    def _reach(record, words, pieces):
        reached, todo = bytearray(len(record.blocks)), []
        if not record.blocks:
            return reached
        low, high = record.starts[0], record.starts[-1] + max(record.blocks[-1][1], 1)

        def look(word):
            i = record.find(word) if low <= word < high else -1
            if i >= 0 and not reached[i]:
                reached[i] = 1
                todo.append(i)

        for word in words:
            look(word)
        for piece in pieces:
            for _, word in words_of(*piece):
                look(word)
        while todo:
            address, size = record.blocks[todo.pop()][:2]
            for _, word in words_of(address, address + (size & ~7)):
                look(word)
        return reached


Leakcheck()
Blocks()
WhoPointsAt()
Leaks()
