/* What one process's run has to say: filled by the library from memory (report/collect.c) and by the tool
 * from a log (tools/log_read.c), laid out by report/text.c and report/mtrace.c, written by
 * report/log_write.c. Plain data: arrays with their lengths, strings that end in NUL and are never NULL
 * unless said so; whoever filled it owns all of it. Sizes are bytes, addresses are the process's. */
#ifndef LC_REPORT_FINDINGS_H
#define LC_REPORT_FINDINGS_H

#include "base/options.h"
#include "base/range.h"
#include "vm/facts.h"
#include "vm/region.h"
#include "vm/status.h"

#include <signal.h>
#include <sys/types.h>

#define LC_NONE UINT32_MAX /* no such index */

/* What is known of a live block: valgrind's kinds, and some more. */
enum lc_leak_kind {
    LC_LEAK_UNFREED, /* nobody looked for it: all there is to say is that nobody freed it */
    LC_LEAK_DEFINITE,
    LC_LEAK_INDIRECT,
    LC_LEAK_POSSIBLE,
    LC_LEAK_TAGGED, /* possibly lost: found by masking the bits that a pointer does not need */
    LC_LEAK_REACHABLE,
    LC_LEAK_MAPPING, /* no block: memory that the program mapped, and nothing leads to; never in totals of blocks */
    LC_LEAK_SUPPRESSED, /* of any kind, and the program says that it is none */
    LC_LEAK_KIND_COUNT
};

/* The bits of --show-leak-kinds that it is of. An unfreed block may be of any. */
static inline unsigned lc_leak_kind_bits(enum lc_leak_kind kind)
{
    static const unsigned char bits[] = {
        [LC_LEAK_UNFREED] = LC_KINDS_ALL,        [LC_LEAK_DEFINITE] = LC_KIND_DEFINITE,
        [LC_LEAK_INDIRECT] = LC_KIND_INDIRECT,   [LC_LEAK_POSSIBLE] = LC_KIND_POSSIBLE,
        [LC_LEAK_TAGGED] = LC_KIND_POSSIBLE,     [LC_LEAK_REACHABLE] = LC_KIND_REACHABLE,
        [LC_LEAK_MAPPING] = LC_KIND_DEFINITE,    [LC_LEAK_SUPPRESSED] = 0,
    };
    static_assert(sizeof bits == LC_LEAK_KIND_COUNT, "a bit for every kind");
    return bits[kind];
}

/* Beside the baseline. */
enum lc_novelty {
    LC_NOVELTY_UNASKED, /* there is none */
    LC_NOVELTY_KNOWN,
    LC_NOVELTY_GROWN,
    LC_NOVELTY_NEW,
    LC_NOVELTY_COUNT
};

#define LC_FINGERPRINT_SIZE 17 /* 16 hexadecimal digits and the NUL */
/* What leakcheck-report makes of a leak or an error; text of several lines has a newline after each. */
struct lc_judgement {
    char fingerprint[LC_FINGERPRINT_SIZE];
    char place[LC_FINGERPRINT_SIZE]; /* of a leak: where it was made, whatever its kind is */
    const char *where;               /* the same in words */
    bool has_owner; /* there is a source root, and so */
    bool is_own;    /* or not */
    enum lc_novelty novelty;
    const char *sentence;    /* what happened; as all of these, from outside: to be escaped */
    const char *excerpt;     /* lines of source round the frame that it belongs to, or NULL */
    const char *command;     /* to see more, or NULL */
    const char *suppression; /* that would leave it out, or NULL when it was not asked for */
};

enum lc_error_kind { LC_ERROR_MISMATCHED_FREE, LC_ERROR_DOUBLE_FREE, LC_ERROR_INVALID_FREE };

enum lc_end_kind { LC_END_RUNNING, LC_END_STATUS, LC_END_SIGNAL, LC_END_EXEC };

struct lc_process {
    pid_t pid, ppid;
    bool is_main;           /* the process that the wrapper started, not one of its descendants */
    const char *executable; /* absolute path */
    const char *directory;  /* at start */
    const char *const *arguments;
    size_t argument_count;
    const char *test; /* that it is a part of, by its runner; "" when none says */
    uint64_t start_unix_ms;
    uint64_t duration_ms;
    enum lc_end_kind end_kind;
    int end_value; /* exit status or signal number */
};

struct lc_module {
    struct lc_range range; /* first to last mapped byte */
    uintptr_t bias;        /* address = bias + address in the file's symbol table */
    bool is_closed;        /* was dlclosed before the end */
    const char *path;      /* absolute; "[vdso]" for the kernel's */
    const char *build_id;  /* lower-case hex, "" when there is none */
};

/* Stacks share their outer parts: a frame names its caller, and a stack is the index of its innermost
 * frame. */
struct lc_frame {
    uintptr_t address; /* a return address, unless is_exact */
    uint32_t outer;    /* index of the caller's frame, lower than its own; LC_NONE at the end */
    uint32_t module;   /* index, LC_NONE when in no known module */
    bool is_exact;     /* interrupted here by a signal: the address itself, not the one after a call */
    bool is_cut;       /* with outer == LC_NONE: the stack goes on, but could not be followed */
};

/* Where to look a frame up: inside its call, for the return address may belong to the next line, or even to the
 * next function. */
static inline uintptr_t lc_frame_pc(const struct lc_frame *frame)
{
    return frame->is_exact || frame->address == 0 ? frame->address : frame->address - 1;
}

/* What blocks are in memory: of their bytes those in RAM, in swap, and in pages that were never touched. */
struct lc_footprint {
    uint64_t resident, swapped, untouched;
    uint64_t proportional; /* of `resident`: a page that other processes share counts as a fraction */
    uint64_t pinned; /* pages, in RAM or in swap, on which nothing else lives: they would be free if the blocks were */
};

/* The public allocation function: frame 0 of a stack, by name ("operator new(unsigned long)"). */
struct lc_site {
    const char *function;
    uintptr_t address; /* of the door */
    uint32_t stack;    /* index of its caller's frame, LC_NONE when nothing was captured */
};

struct lc_leak {
    enum lc_leak_kind kind;
    uint32_t id; /* its index when it was found: reports sort */
    struct lc_site site;
    uint64_t bytes, blocks;
    uint64_t hanging_bytes, hanging_blocks; /* of definitely lost ones: what is indirectly lost by them */
    uintptr_t vtable;    /* what the first word of one of them points to, if that is constant data of a module; or 0 */
    uint64_t cycles;     /* how many of them one of those leads back to */
    bool has_footprint;
    struct lc_footprint footprint;
    const char *seen_in; /* in findings merged from several processes: which of them; else NULL */
    const struct lc_judgement *judgement; /* NULL in the library */
};

/* What hangs from the blocks of one leak, by its own site; only on request. */
struct lc_hanging_leak {
    uint32_t leak; /* id */
    uint64_t bytes, blocks;
    struct lc_site site;
};

/* Where a word lies that leads to a block. */
enum lc_holder {
    LC_HOLDER_GLOBALS,
    LC_HOLDER_STACK,
    LC_HOLDER_REGISTER,
    LC_HOLDER_TLS,
    LC_HOLDER_MAPPING,
    LC_HOLDER_SHARED,
    LC_HOLDER_USER,
    LC_HOLDER_BLOCK,
    LC_HOLDER_UNKNOWN,
    LC_HOLDER_COUNT
};

/* One step of the way from a root to a block; steps of one way follow each other, the root first. */
struct lc_step {
    uint32_t leak; /* id; LC_NONE: the way to the block that was asked about (--why) */
    enum lc_holder holder;
    uintptr_t word;   /* where it is; of a register: 0 */
    pid_t tid;        /* of a stack, register, TLS; else 0 */
    const char *name; /* of a register, else "" */
    uint64_t offset, size; /* in a block, and its size, */
    struct lc_site site;   /* and who made it; function == "" otherwise. In a stack, site.stack is the frame that has
                            * the word, LC_NONE when it is not known */
};

struct lc_block {
    uintptr_t address;
    uint64_t size;
    enum lc_leak_kind kind;
    struct lc_site site;
};

struct lc_error {
    enum lc_error_kind kind;
    uint64_t count;
    uintptr_t address;     /* of the first one */
    struct lc_site site;   /* who freed */
    uint64_t size;         /* of the block, where it is known */
    struct lc_site origin; /* who allocated; function == "" when not known */
    const char *seen_in;   /* as in lc_leak */
    const struct lc_judgement *judgement;
};

/* What an address is that a crash has to do with. */
enum lc_place_kind {
    LC_PLACE_NULL,     /* not mapped, and so low that it comes from a null pointer */
    LC_PLACE_UNMAPPED,
    LC_PLACE_OVERFLOW, /* just below a thread's stack */
    LC_PLACE_REGION,   /* mapped */
    LC_PLACE_PAST_FILE, /* mapped, and the file ends before */
    LC_PLACE_NON_CANONICAL, /* no address at all, on this machine */
    LC_PLACE_BLOCK,
    LC_PLACE_FREED,
    LC_PLACE_BEFORE_BLOCK,
    LC_PLACE_PAST_BLOCK,
    LC_PLACE_MODULE,
    LC_PLACE_COUNT
};

#define LC_PLACE_UNKNOWN UINT64_MAX /* an offset, or a size */

struct lc_place {
    const char *of; /* the register that has it, or "address": the one that could not be accessed */
    uintptr_t value;
    enum lc_place_kind kind;
    uint64_t offset; /* from the start of the region, block or module; before a block, below a stack; past a block's or file's end */
    uint64_t size;   /* of the block or file */
    const char *name;    /* of the region, file or stack; unmapped: of the nearest region below, "" for none, */
    const char *above;   /* and above; else "" */
    uint64_t gap_below, gap_above; /* unmapped: the distance to their ends */
    char permissions[5];           /* of the region, else "" */
    struct lc_site site; /* of a block: who made it; in code: site.stack is its frame; else function == "" and LC_NONE */
};

enum lc_access { LC_ACCESS_UNKNOWN, LC_ACCESS_READ, LC_ACCESS_WRITE, LC_ACCESS_EXECUTE };

#define LC_PLACES_MAX 20

/* The signal that ended the process. */
struct lc_crash {
    bool is_known;
    int signal, code;  /* si_code; <= 0: it was sent, */
    pid_t sender;      /* by this process, or by the kernel for it */
    unsigned user;
    pid_t tid;         /* the thread that it came to */
    char thread[16];   /* its name */
    uintptr_t pc;      /* where that stood */
    bool has_address;  /* the processor has told which one could not be accessed */
    uintptr_t address;
    enum lc_access access;
    uint32_t stack;    /* the frame that was interrupted, or its caller when that is no code; LC_NONE when not known */
    struct lc_place places[LC_PLACES_MAX];
    size_t place_count;
};

struct lc_region {
    struct lc_vm_region vm;
    const char *purpose; /* what it is for, for people: "stack of thread 1234", or "" */
    struct lc_site site; /* who mapped it; function == "" when not known */
    uint64_t leaked;     /* of its bytes, those of lost blocks and of lost mappings */
};

/* One heap of the allocator's: of glibc's, an arena, or all blocks with a mapping of their own. */
struct lc_arena {
    const char *name;  /* "main arena", "arena 1", "mapped blocks" */
    uintptr_t address; /* of glibc's struct malloc_state; 0: none */
    uint64_t size;     /* mapped, and accessible */
    uint64_t resident, swapped; /* of that */
    uint64_t top;      /* the free chunk at its end */
    uint64_t blocks, bytes;    /* live, as they were asked for */
    uint64_t bytes_resident;   /* of these bytes */
    uint64_t overhead_resident; /* headers and rounding of live blocks */
    /* What remains of `resident` is free: held by the allocator for blocks to come. */
};

/* Per module, as size(1) counts. */
struct lc_module_size {
    const char *path;
    uint64_t text, data, bss;
};

struct lc_heap_totals {
    uint64_t allocations, frees, bytes; /* ever */
    uint64_t live_blocks, live_bytes;
    uint64_t peak_bytes; /* most that was live at once */
};

/* Reachable blocks that only a heuristic finds. */
struct lc_heuristic_totals {
    uint64_t bytes, blocks;
};

/* What was not seen: every number should be 0. */
/* A check of a process that went on. */
struct lc_moment {
    uint64_t number;   /* of those of this process, from 1; 0: it is none, but the end */
    uint64_t unix_ms;
    uint64_t pause_us; /* how long it stood still: from the signal that interrupted it to when its last thread went on */
    bool is_copy;      /* what was looked at meanwhile was a copy of it; else it stood still for all of the check */
};

struct lc_coverage {
    uint64_t dropped;          /* events lost to want of memory or to recursion */
    uint64_t unknown_frees;    /* of blocks never seen: from before the start, or another allocator's */
    uint64_t early_blocks;     /* served before the library had started */
    uint64_t truncated_stacks; /* stacks that do not reach the outermost frame */
    uint64_t unstopped_threads; /* whose registers are not known, and whose stacks were looked at as a whole */
};

struct lc_findings {
    const char *suppressions; /* the program's own, or NULL */
    struct lc_process process;
    struct lc_moment moment;
    struct lc_crash crash;
    uint64_t crash_count;       /* of the processes: those that a signal ended which tells of an error */
    const char *version;        /* of the library that recorded it */
    const char *const *options; /* "key=value", those that differ from their defaults */
    size_t option_count;
    struct lc_module *modules;
    size_t module_count;
    struct lc_frame *frames;
    size_t frame_count;
    struct lc_leak *leaks;
    size_t leak_count;
    struct lc_hanging_leak *hanging;
    size_t hanging_count;
    struct lc_step *steps;
    size_t step_count;
    struct lc_heuristic_totals heuristics[LC_HEURISTIC_COUNT];
    struct lc_block *blocks; /* only on request */
    size_t block_count;
    bool has_blocks; /* they were asked for, even if there are none */
    struct lc_error *errors;
    size_t error_count;
    struct lc_region *regions; /* in address order */
    size_t region_count;
    struct lc_heap_totals heap;
    bool has_footprints;
    struct lc_footprint footprints[LC_LEAK_KIND_COUNT]; /* of all blocks of a kind */
    struct lc_arena *arenas;
    size_t arena_count;
    struct lc_module_size *sizes; /* of every file that is loaded; only for a full map or a log */
    size_t size_count;
    struct lc_vm_fact *facts; /* of the process and the system: likewise */
    size_t fact_count;
    struct lc_vm_status memory; /* read at the same moment as the regions */
    uint64_t own_bytes; /* of memory.vm_size, mapped by leakcheck itself */
    struct lc_coverage coverage;
    const char *const *notes; /* for people, one line each: what is missing, and why */
    size_t note_count;
    bool is_partial; /* from a log that is cut or damaged: there may have been more of anything; a note says so */
};

/* Is there any leak of `kinds` (LC_KIND_...)? */
static inline bool lc_findings_have(const struct lc_findings *f, unsigned kinds)
{
    for (size_t i = 0; i < f->leak_count; i++)
        if (lc_leak_kind_bits(f->leaks[i].kind) & kinds)
            return true;
    return false;
}

/* Signals that mean an error of the program's: those for which the kernel dumps core (signal(7)). */
static inline bool lc_crash_is_error(const struct lc_crash *c)
{
    static const unsigned errors = 1u << SIGQUIT | 1u << SIGILL | 1u << SIGTRAP | 1u << SIGABRT | 1u << SIGBUS | 1u << SIGFPE |
                                   1u << SIGSEGV | 1u << SIGXCPU | 1u << SIGXFSZ | 1u << SIGSYS;
    return c->is_known && c->signal > 0 && c->signal < 32 && errors >> c->signal & 1;
}

static inline bool lc_findings_are_clean(const struct lc_findings *f)
{
    return f->leak_count == 0 && f->error_count == 0;
}

/* No leaks here is not the news that there are none: a part of the log is missing, or no allocation was seen at
 * all, and a note says why. */
static inline bool lc_findings_are_blind(const struct lc_findings *f)
{
    return f->is_partial || (f->heap.allocations == 0 && f->note_count);
}

/* Whether a finding is the news: not known from a baseline. */
static inline bool lc_judgement_is_known(const struct lc_judgement *j)
{
    return j && j->novelty == LC_NOVELTY_KNOWN;
}

/* Gives names to frames: the library from ELF symbol tables (report/names.c), the tool with libdw
 * (tools/symbols.c). */
struct lc_location {
    const char *function; /* demangled where the namer can; NULL when not known */
    const char *symbol;   /* as the linker knows it; of an inlined function, or where there is none, NULL */
    const char *file;     /* as it is shown; NULL when not known */
    const char *path;     /* the whole of it, but that own ones begin at the source root; NULL when not known */
    const char *source;   /* where it is; NULL when not known */
    unsigned line;        /* 0 when not known */
    bool is_inlined;      /* into the location that follows */
    bool is_own;          /* of own sources (--source-root) */
};

struct lc_namer {
    /* The locations of `frame`, innermost inlined function first, at most `max` (>= 1); at least one is
     * filled. The strings live as long as the namer. */
    unsigned (*locate)(struct lc_namer *namer, const struct lc_findings *findings, uint32_t frame,
                       struct lc_location *out, unsigned max);
    /* The data symbol that covers `address` in `module`, demangled, and the offset in it; NULL when none does. It
     * lives until the next call. The function may be missing. */
    const char *(*locate_data)(struct lc_namer *namer, const struct lc_module *module, uintptr_t address,
                               uint64_t *offset);
};

#endif
