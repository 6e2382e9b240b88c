/* The leakcheck log: the contract between libleakcheck.so, which writes it at the end of a process, and
 * whatever reads it (leakcheck-report, grep, awk). Version 1.
 *
 * Text, one record a line, each ended by '\n'; fields are separated by one blank. The first field is the
 * record's word; then `key=value` fields in any order. A reader skips words and keys that it does not know:
 * version 1 grows by adding them. A change that would mislead such a reader makes version 2.
 *
 *   NUM   decimal, unsigned unless said otherwise; sizes are bytes
 *   HEX   0x and lower-case hexadecimal digits
 *   STR   printable ASCII without blanks: every other byte, and '%', is %XX (upper-case hex); may be empty
 *   ID    a NUM counted from 0 within its word; `-` stands for none. A frame names only frames before it,
 *         so that one pass over the file resolves everything; modules stand before frames, frames before
 *         whatever names them.
 *
 * The file, in this order:
 *
 *   leakcheck-log VERSION                        first line of every log
 *   process pid=NUM ppid=NUM main=0|1 exe=STR cwd=STR start-ms=NUM duration-ms=NUM
 *           end=running|status|signal|exec value=NUM library=STR     (library: its version; start-ms: Unix time)
 *   moment number=NUM time-ms=NUM pause-us=NUM copy=0|1
 *                 of a check while the process ran: how many there were with it, Unix time, how long the process stood
 *                 still for it; copy=1: what was looked at was a copy of it, which costs it that time only
 *   argument value=STR                           argv, in order
 *   test name=STR                                the test that it is a part of, where its runner says (see src/report/test_name.c)
 *   option value=STR                             a "key=value" that differs from the default
 *   suppressions text=STR                        what the program's __lsan_default_suppressions say: lines of
 *                 leak:PATTERN; leaks that they name are of kind=suppressed, as far as the library knows their names
 *   module id=ID start=HEX end=HEX bias=HEX closed=0|1 build-id=STR path=STR
 *                 address in the process = bias + address in the module's symbol table; build-id in hex
 *   frame id=ID outer=ID module=ID address=HEX exact=0|1 cut=0|1
 *                 address: a return address (look up address - 1), unless exact=1 (interrupted there).
 *                 outer: the caller's frame. cut=1: there are more frames that could not be followed.
 *                 A stack is the ID of its innermost frame.
 *   crash signal=NUM code=NUM tid=NUM thread=STR pc=HEX [sender=NUM user=NUM] [address=HEX access=WORD] stack=ID
 *                 the signal that ended the process; code: si_code, 0 when it was sent (sender: a pid); tid, thread: to which
 *                 thread it came, by number and name; pc: where that stood; address: what could not be accessed. access: read
 *                 write execute unknown. stack: of the instruction itself (exact=1), or from its caller when it is no code
 *   place of=STR kind=WORD value=HEX offset=NUM size=NUM name=STR [gap-below=NUM above=STR gap-above=NUM] [perm=rwxp] SITE
 *                 of a crash, what an address is: of=address the one above, else that in the register. kind: null unmapped overflow
 *                 region past-file non-canonical block freed before-block past-block module. offset: in it, before or past it;
 *                 size: of the block or file (2^64-1: not known); name: of the region, file, stack or module; unmapped: of the nearest
 *                 region below, and above. In code, stack is the frame of the value
 *   leak kind=WORD bytes=NUM blocks=NUM [hanging-bytes=NUM hanging-blocks=NUM] [cycles=NUM] [vtable=HEX]
 *                 SITE [resident=NUM proportional=NUM swapped=NUM untouched=NUM pinned=NUM]
 *                 one per kind, allocation function and stack; the first has id 0, the next 1. kind: definite
 *                 indirect possible tagged reachable mapping suppressed; unfreed when nobody looked for the blocks.
 *                 mapping: memory that was mapped and that nothing leads to; it is in no sum of blocks.
 *                 hanging: what is indirectly lost by these blocks; it is in the leaks of kind=indirect, too.
 *                 cycles: blocks to which what hangs from them leads back. vtable: what the first word of one of
 *                 them points to, where that is constant data of a module
 *                 resident, swapped, untouched: its bytes in RAM, in swap, in pages that never were; proportional: of
 *                 resident, pages that other processes share as a fraction; pinned: pages, in RAM or in swap, on which
 *                 nothing else lives
 *   class kind=WORD resident=NUM proportional=NUM swapped=NUM untouched=NUM pinned=NUM
 *                 the same of all blocks of a kind together; none where it could not be found out
 *   hanging leak=ID bytes=NUM blocks=NUM SITE    what hangs from a leak, by its own stack (see `show-tree`)
 *   step leak=ID holder=WORD word=HEX tid=NUM name=STR offset=NUM size=NUM [SITE] [frame=ID]
 *                 the way from a root to a block of a leak, the root first (see `show-root-path`); with leak=- to
 *                 the block that `why` asks about. word: where the pointer lies. holder: globals stack register tls
 *                 mapping shared user block unknown. offset and size: in a block, whose SITE it is.
 *                 frame: of a stack, the frame in which the word lies, where that is known
 *   heuristic name=WORD bytes=NUM blocks=NUM     reachable blocks that only this heuristic finds
 *   block address=HEX size=NUM kind=WORD SITE    each live block, only when asked for (see `blocks`)
 *   blocks count=NUM                             present when they were asked for
 *   error kind=mismatched-free|double-free|invalid-free count=NUM address=HEX size=NUM SITE
 *         origin-function=STR origin-at=HEX origin-stack=ID      (origin-function empty: not known)
 *   region start=HEX end=HEX perm=rwxp kind=STR offset=HEX name=STR purpose=STR
 *          [rss=NUM pss=NUM dirty=NUM swap=NUM locked=NUM huge=NUM lazy=NUM zero=NUM guard=NUM untouched=NUM]
 *          [leaked=NUM] [SITE]
 *                 kind: code rodata data bss heap stack tls anonymous file shared guard kernel leakcheck
 *                 lazy: of rss, what MADV_FREE gave up; zero: pages that were only read; guard: MADV_GUARD_INSTALL;
 *                 untouched: what has no page; leaked: of its bytes, those of lost blocks and mappings
 *                 without rss: its residency could not be read; with a SITE: who mapped it
 *   arena name=STR address=HEX size=NUM rss=NUM swap=NUM top=NUM blocks=NUM bytes=NUM bytes-rss=NUM overhead-rss=NUM
 *                 a heap of the allocator's: its memory; the free chunk at its end; its live blocks, what of them
 *                 is in RAM, and their headers and rounding. The rest of rss is free
 *   size text=NUM data=NUM bss=NUM path=STR      of a loaded file, as size(1) counts
 *   fact group=WORD name=STR value=NUM|error=NUM group: faults limit cgroup address-space system kernel. Bytes, but
 *                 for faults, addresses and counts; 2^64-1: no limit; error: errno, why it is not known
 *   heap allocations=NUM frees=NUM bytes=NUM live-blocks=NUM live-bytes=NUM peak-bytes=NUM
 *   memory peak=NUM size=NUM hwm=NUM rss=NUM rss-anon=NUM rss-file=NUM rss-shmem=NUM data=NUM stack=NUM
 *          exe=NUM lib=NUM pte=NUM swap=NUM locked=NUM own=NUM
 *                 /proc/PID/status in bytes, and what of size leakcheck itself had mapped then
 *   coverage dropped=NUM unknown-frees=NUM early-blocks=NUM truncated-stacks=NUM unstopped-threads=NUM
 *   note text=STR                                for people
 *   end lines=NUM                                the number of lines before this one
 *
 *   SITE is function=STR at=HEX stack=ID: the public allocation function ("malloc",
 *   "operator new(unsigned long)"), its address, and the stack from its caller outwards.
 *
 * A log without its `end` line, or with another number of lines, is truncated: what is there is still good.
 * A file may hold several logs, one after the other: processes that share it append theirs.
 */
#ifndef LEAKCHECK_LOG_H
#define LEAKCHECK_LOG_H

#define LEAKCHECK_LOG_MAGIC "leakcheck-log"
#define LEAKCHECK_LOG_VERSION 1

#endif
