/* Every stack that the library records, compared with libunwind's as soon as it is recorded: what stands in
 * the depot is read back, so that unwinder, caches and depot are all held to it. The prefix in LEAKCHECK_VERIFY
 * names the files, one a process, that say what came of it. */
#include "record/captured.h"

#include "base/arena.h"
#include "base/environment.h"
#include "base/out.h"
#include "base/sys.h"
#include "preload/door.h"
#include "record/depot.h"
#include "record/modules.h"
#include "unwind/verify.h"
#include "verified.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#define STACK_BYTES ((size_t)256 << 10)
#define SHOWN_MAX 20 /* differences of a process that are written out */

void lc_on_stack(void (*function)(void *), void *argument, void *top);

static struct {
    struct lc_lock lock; /* libunwind's own are only taken under it, and so are free in the child of a fork */
    uint64_t signals;    /* of who forks */
    uintptr_t owner;     /* the thread pointer of who has it: libunwind maps memory, which is recorded */
    char prefix[PATH_MAX], path[PATH_MAX];
    struct lc_verified_counts *counts; /* NULL before the first capture of a process */
    char *stack_top;                   /* the caller's may be a thread's of 16 KiB */
    struct lc_stack recorded, reference;
} verify;

struct capture {
    const struct lc_context *caller;
    uint32_t stack;
};

/* The process's file and its counts. Where there is no file, the counts go nowhere. */
static void open_counts(void)
{
    int fd = -EEXIST;
    for (unsigned i = 0; fd == -EEXIST && verify.prefix[0]; i++) { /* a process may execute several programs */
        lc_format(verify.path, sizeof verify.path, "%s.%d.%u", verify.prefix, lc_sys_getpid(), i);
        fd = lc_sys_open(verify.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    const struct lc_verified_counts empty = {.magic = LC_VERIFIED_MAGIC};
    uintptr_t page = (uintptr_t)-EBADF;
    if (fd >= 0 && lc_sys_write(fd, &empty, sizeof empty) == sizeof empty)
        page = lc_sys_mmap(0, sizeof empty, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        lc_sys_close(fd);
    static struct lc_verified_counts nowhere;
    verify.counts = lc_sys_is_error(page) ? &nowhere : (struct lc_verified_counts *)page;
    lc_sys_readlink("/proc/self/exe", verify.counts->program, sizeof verify.counts->program - 1);
}

/* Reads the recorded stack back. NULL, or what is wrong with it: a literal. */
static const char *read_back(uint32_t id, struct lc_stack *out)
{
    const char *wrong = NULL;
    memset(out->exact, 0, sizeof out->exact);
    out->depth = 0;
    out->truncated = false;
    for (; id != LC_DEPOT_NONE; out->depth++) {
        const struct lc_depot_frame *f = lc_depot_get(id);
        const uintptr_t pc = f->address & LC_DEPOT_ADDRESS;
        const bool is_exact = f->address & LC_DEPOT_EXACT;
        if (out->depth == LC_FRAMES_MAX)
            return "a stack without an end";
        out->frames[out->depth] = pc;
        out->exact[out->depth / 64] |= (uint64_t)is_exact << out->depth % 64;
        out->truncated = f->address & LC_DEPOT_CUT;
        if (f->address & LC_DEPOT_RETIRED || f->module != lc_modules_at(is_exact ? pc : pc - 1))
            wrong = "the module of a frame";
        if (out->truncated && f->outer != LC_DEPOT_NONE)
            wrong = "a frame outside of where the stack was cut";
        id = f->outer;
    }
    return wrong;
}

static void mask_addresses(struct lc_stack *s)
{
    for (unsigned i = 0; i < s->depth; i++)
        s->frames[i] &= LC_DEPOT_ADDRESS;
}

static void print_stack(struct lc_out *out, const char *title, const struct lc_stack *s)
{
    lc_out_fmt(out, " %s: %u frames%s\n", title, s->depth, s->truncated ? ", and more" : "");
    for (unsigned i = 0; i < s->depth; i++) {
        const uintptr_t pc = s->frames[i];
        struct dl_find_object module;
        lc_out_fmt(out, "  %3u 0x%lx", i, pc);
        if (!_dl_find_object((void *)(pc - 1), &module)) {
            const char *name = module.dlfo_link_map->l_name;
            lc_out_fmt(out, " %s+0x%lx", name[0] ? name : "the program", pc - module.dlfo_link_map->l_addr);
        }
        lc_out_str(out, s->exact[i / 64] >> i % 64 & 1 ? " interrupted\n" : "\n");
    }
}

static void print_difference(const char *difference, const struct lc_context *caller)
{
    static char buffer[4096];
    struct lc_out out;
    const int fd = lc_sys_open(verify.path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    lc_out_init(&out, fd, buffer, sizeof buffer);
    lc_out_fmt(&out, "differs: %s, from pc 0x%lx sp 0x%lx fp 0x%lx\n", difference, caller->pc, caller->sp, caller->fp);
    print_stack(&out, "recorded", &verify.recorded);
    print_stack(&out, "libunwind", &verify.reference);
    lc_out_flush(&out);
    lc_sys_close(fd);
}

static bool has_interrupted(const struct lc_stack *s)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < LC_ARRAY_LEN(s->exact); i++)
        any |= s->exact[i];
    return any;
}

static void add(uint64_t *count, uint64_t by)
{
    __atomic_fetch_add(count, by, __ATOMIC_RELAXED);
}

static void compare(void *argument)
{
    const struct capture *c = argument;
    if (!verify.counts)
        open_counts();
    struct lc_verified_counts *counts = verify.counts;
    if (c->stack == LC_DEPOT_NONE) {
        add(&counts->unrecorded, 1);
        return;
    }
    const char *wrong = read_back(c->stack, &verify.recorded);
    const struct lc_stack *s = &verify.recorded;
    lc_reference_unwind(c->caller, lc_stack_limit(s, LC_FRAMES_MAX), &verify.reference);
    mask_addresses(&verify.reference);
    const char *difference = lc_stack_difference(&verify.recorded, &verify.reference);
    add(&counts->stacks, 1);
    add(&counts->frames, s->depth);
    add(&counts->cut, s->truncated && s->depth >= LC_FRAMES_KEPT);
    add(&counts->lost, s->truncated && s->depth < LC_FRAMES_KEPT);
    add(&counts->interrupted, has_interrupted(s));
    if (!difference && !wrong)
        return;
    add(&counts->differences, 1);
    if (counts->differences <= SHOWN_MAX)
        print_difference(difference ? difference : wrong, c->caller);
}

/* On a stack of its own, one at a time, and with signals blocked: what a handler allocates is verified too,
 * after this. */
void lc_verify_captured(const struct lc_context *caller, uint32_t stack)
{
    struct capture c = {caller, stack};
    const uintptr_t self = (uintptr_t)__builtin_thread_pointer();
    uint64_t signals;
    if (!verify.stack_top || __atomic_load_n(&verify.owner, __ATOMIC_RELAXED) == self)
        return;
    const int error = errno;
    lc_lock_acquire(&verify.lock, &signals);
    __atomic_store_n(&verify.owner, self, __ATOMIC_RELAXED);
    lc_on_stack(compare, &c, verify.stack_top);
    __atomic_store_n(&verify.owner, 0, __ATOMIC_RELAXED);
    lc_lock_release(&verify.lock, &signals);
    errno = error;
}

static void before_fork(void)
{
    uint64_t signals;
    lc_lock_acquire(&verify.lock, &signals);
    verify.signals = signals;
}

static void after_fork(void)
{
    const uint64_t signals = verify.signals;
    lc_lock_release(&verify.lock, &signals);
}

static void after_fork_child(void)
{
    if (verify.counts)
        lc_sys_munmap((uintptr_t)verify.counts, sizeof *verify.counts);
    verify.counts = NULL;
    after_fork();
}

/* After the library's own constructor, so that the lock is taken before its locks. What libunwind allocates
 * is not the program's. */
__attribute__((constructor(102))) static void start(int argc, char **argv, char **environment)
{
    static const char name[] = "LEAKCHECK_VERIFY"; /* getenv has no environment yet */
    const char *prefix = lc_environment_get(environment, name, sizeof name - 1);
    const bool was_recording = lc_is_recording;
    char *stack = lc_pages_map(STACK_BYTES, "verify");
    (void)argc, (void)argv;
    lc_is_recording = false;
    if (stack && lc_reference_init() == 0 && pthread_atfork(before_fork, after_fork, after_fork_child) == 0) {
        lc_format(verify.prefix, sizeof verify.prefix, "%s", prefix ? prefix : "");
        verify.stack_top = stack + STACK_BYTES;
    }
    lc_is_recording = was_recording;
}
