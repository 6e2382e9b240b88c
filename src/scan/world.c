#include "scan/world.h"

#include "base/action.h"
#include "base/arena.h"
#include "base/sys.h"
#include "scan/again.h"
#include "scan/interrupted.h"
#include "scan/tasks.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

#define CAPACITY_FIRST ((size_t)256)
#define ROUNDS_MAX 16     /* each finds the threads that began during the one before */
#define ASK_AGAIN_MS 20   /* how long to sleep between looks at who has ended */
#define RESUME_WAIT_MS 1000
#define RESIDENTS_MAX 2

static struct {
    struct lc_world_thread *threads;
    size_t count, capacity;
    int signal;
    int resident[RESIDENTS_MAX]; /* 0: none; the first is for stops, too */
    lc_world_other *on_other;
    struct lc_action before;
    bool has_late; /* a thread was asked, and has not answered (yet) */
    uint32_t is_stopped; /* atomic, and the futex that the threads sleep on */
    uint32_t answers;    /* atomic, and the futex that we do: those that came and those that left */
    uint32_t inside;     /* atomic: threads in the handler */
} world;

static struct lc_world_thread *find_thread(pid_t tid)
{
    size_t count = __atomic_load_n(&world.count, __ATOMIC_ACQUIRE);
    for (size_t i = 0; i < count; i++)
        if (world.threads[i].tid == tid)
            return &world.threads[i];
    return NULL;
}

static void take_registers(struct lc_world_thread *t, const ucontext_t *u)
{
    for (unsigned i = 0; i < LC_WORLD_REGISTERS; i++) /* REG_R8 .. REG_RSP come first */
        t->registers[i] = (uintptr_t)u->uc_mcontext.gregs[i];
    t->pc = (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
    t->vectors = lc_vectors_of(u);
    t->alternate = lc_alternate_of(&u->uc_stack);
    t->pointer = (uintptr_t)__builtin_thread_pointer();
    t->sp = (uintptr_t)u->uc_mcontext.gregs[REG_RSP];
}
static_assert(REG_RSP == LC_WORLD_REGISTERS - 1, "the general registers come first");

static void answer(void)
{
    __atomic_fetch_add(&world.answers, 1, __ATOMIC_RELEASE);
    lc_sys_futex_wake(&world.answers, 1);
}

/* One that comes after the world has gone on finds nothing to do. */
static bool stand_still(void *context)
{
    bool is_asked = false;
    __atomic_fetch_add(&world.inside, 1, __ATOMIC_SEQ_CST);
    struct lc_world_thread *t = find_thread(lc_sys_gettid());
    if (t && __atomic_load_n(&world.is_stopped, __ATOMIC_SEQ_CST)) {
        is_asked = true;
        take_registers(t, context);
        __atomic_store_n(&t->state, LC_THREAD_STOPPED, __ATOMIC_RELEASE);
        answer();
        while (__atomic_load_n(&world.is_stopped, __ATOMIC_ACQUIRE))
            lc_sys_futex_wait(&world.is_stopped, 1);
    }
    __atomic_fetch_sub(&world.inside, 1, __ATOMIC_SEQ_CST);
    answer();
    return is_asked;
}

static bool is_resident(int signal)
{
    for (size_t i = 0; i < RESIDENTS_MAX; i++)
        if (world.resident[i] == signal)
            return true;
    return false;
}

static void on_stop(int signal, siginfo_t *info, void *context)
{
    bool was_asked = stand_still(context);
    if (!was_asked && is_resident(signal))
        world.on_other(info, context);
    lc_again(context);
}

static bool is_ours(int signal)
{
    struct lc_action now;
    return signal && lc_action_set(signal, NULL, &now) == 0 && now.handler == (uintptr_t)on_stop;
}

/* One that the program leaves at its default, and best one whose default is to do nothing: debuggers let these
 * pass, and one that is still pending in the end harms nobody. */
static int choose_signal(void)
{
    if (world.has_late) /* ours is still installed */
        return world.signal;
    if (is_ours(world.resident[0]))
        return world.resident[0];
    static const int best[] = {SIGURG, SIGWINCH, SIGCHLD};
    struct lc_action now;
    for (size_t i = 0; i < LC_ARRAY_LEN(best); i++)
        if (lc_action_set(best[i], NULL, &now) == 0 && lc_action_is_default(&now))
            return best[i];
    for (int signal = 64; signal > 34; signal--)
        if (lc_action_set(signal, NULL, &now) == 0 && lc_action_is_default(&now))
            return signal;
    return -EBUSY;
}

#define FLAGS (SA_SIGINFO | SA_RESTART | SA_ONSTACK)

static long handle(int signal)
{
    const struct lc_action ours = {
        .handler = (uintptr_t)on_stop,
        .flags = FLAGS | LC_ACTION_HAS_RESTORER,
        .restorer = lc_action_return,
        .mask = ~(uint64_t)0,
    };
    return lc_action_set(signal, &ours, &world.before);
}

static int install(void)
{
    int signal = choose_signal();
    if (signal < 0)
        return signal;
    world.signal = signal;
    return world.has_late || is_ours(signal) ? 0 : (int)handle(signal);
}

int lc_world_settle(int signal, lc_world_other *on_other)
{
    struct lc_action now;
    int rc = lc_action_set(signal, NULL, &now);
    if (rc < 0 || !lc_action_is_default(&now))
        return rc < 0 ? rc : -EBUSY;
    size_t free = 0;
    while (free < RESIDENTS_MAX && world.resident[free])
        free++;
    if (free == RESIDENTS_MAX)
        return -EBUSY;
    world.on_other = on_other;
    world.resident[free] = signal;
    return (int)handle(signal);
}

void lc_world_cover(int signal, struct sigaction *a)
{
    if (!is_resident(signal) || a->sa_handler != SIG_DFL || a->sa_flags || !sigisemptyset(&a->sa_mask))
        return;
    a->sa_sigaction = on_stop;
    a->sa_flags = FLAGS;
    sigfillset(&a->sa_mask);
}

void lc_world_uncover(struct sigaction *a)
{
    if (a->sa_sigaction != on_stop)
        return;
    bool was_set = a->sa_restorer != lc_action_return; /* by libc, which has its own */
    *a = (struct sigaction){.sa_handler = SIG_DFL,
                            .sa_flags = was_set ? (int)LC_ACTION_HAS_RESTORER : 0,
                            .sa_restorer = was_set ? a->sa_restorer : NULL};
}

static bool is_alive(pid_t tid)
{
    return lc_sys_call(SYS_tgkill, lc_tasks_process(), tid, 0, 0, 0, 0) == 0;
}

static void ask(struct lc_world_thread *t)
{
    enum lc_task_state state = lc_tasks_state(t->tid, world.signal);
    if (state == LC_TASK_BLOCKS) {
        t->sp = lc_tasks_sp(t->tid);
        t->state = t->sp ? LC_THREAD_WAITS : LC_THREAD_RUNS;
    } else if (state == LC_TASK_DEAD ||
               lc_sys_call(SYS_tgkill, lc_tasks_process(), t->tid, world.signal, 0, 0, 0) < 0) {
        t->state = LC_THREAD_GONE;
    }
}

/* Handlers look into the array: it is complete before one of its threads is asked. */
static bool grow(void)
{
    size_t capacity = world.capacity ? 2 * world.capacity : CAPACITY_FIRST;
    struct lc_world_thread *more = lc_pages_map(capacity * sizeof *more, "scan");
    if (!more)
        return false;
    for (size_t i = 0; i < world.count; i++)
        more[i] = world.threads[i];
    world.threads = more; /* the old one stays: nobody was asked yet, but it costs nothing */
    world.capacity = capacity;
    return true;
}

struct round {
    pid_t self;
    size_t first; /* the new ones are from here on */
    bool is_full;
};

static void note_task(void *context, pid_t tid)
{
    struct round *r = context;
    if (tid == r->self || find_thread(tid))
        return;
    if (world.count == world.capacity) {
        r->is_full = true;
        return;
    }
    world.threads[world.count] = (struct lc_world_thread){.tid = tid, .state = LC_THREAD_ASKED};
    __atomic_store_n(&world.count, world.count + 1, __ATOMIC_RELEASE);
}

static void count_task(void *context, pid_t tid)
{
    (void)tid;
    ++*(size_t *)context;
}

/* Room for twice the threads that there are: while they are being stopped they can still make others. */
static int make_room(void)
{
    size_t tasks = 0;
    int rc = lc_tasks_each(count_task, &tasks);
    world.count = 0;
    while (rc == 0 && world.capacity < 2 * tasks + 64)
        if (!grow())
            return -ENOMEM;
    return rc;
}

static uint64_t now_ms(void)
{
    return lc_sys_clock_ns(CLOCK_MONOTONIC) / 1000000;
}

static void wait_for_answer(uint32_t seen, unsigned ms)
{
    struct timespec timeout = {ms / 1000, ms % 1000 * 1000000L};
    lc_sys_call(SYS_futex, (long)&world.answers, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, seen, (long)&timeout, 0, 0);
}

static size_t pending(void)
{
    size_t count = 0;
    for (size_t i = 0; i < world.count; i++)
        count += __atomic_load_n(&world.threads[i].state, __ATOMIC_ACQUIRE) == LC_THREAD_ASKED;
    return count;
}

static void bury_the_dead(void)
{
    for (size_t i = 0; i < world.count; i++) {
        uint32_t asked = LC_THREAD_ASKED;
        struct lc_world_thread *t = &world.threads[i];
        if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == asked && !is_alive(t->tid))
            __atomic_compare_exchange_n(&t->state, &asked, LC_THREAD_GONE, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
}

static void wait_for_all(uint64_t deadline)
{
    for (;;) {
        uint32_t seen = __atomic_load_n(&world.answers, __ATOMIC_ACQUIRE);
        if (pending() == 0 || now_ms() >= deadline)
            return;
        wait_for_answer(seen, ASK_AGAIN_MS);
        bury_the_dead();
    }
}

/* A thread that does not answer is left to itself; where the kernel knows its sp, that is good enough. */
static void give_up(void)
{
    for (size_t i = 0; i < world.count; i++) {
        struct lc_world_thread *t = &world.threads[i];
        uint32_t asked = LC_THREAD_ASKED;
        if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) != asked)
            continue;
        uintptr_t sp = lc_tasks_sp(t->tid);
        if (__atomic_compare_exchange_n(&t->state, &asked, sp ? LC_THREAD_WAITS : LC_THREAD_RUNS, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            t->sp = sp;
        world.has_late = true;
    }
}

int lc_world_stop(struct lc_world *w, unsigned deadline_ms)
{
    *w = (struct lc_world){0};
    int rc = make_room();
    if (rc == 0)
        rc = install();
    if (rc < 0)
        return rc;
    const uint64_t deadline = now_ms() + deadline_ms;
    __atomic_store_n(&world.is_stopped, 1, __ATOMIC_SEQ_CST);
    for (unsigned i = 0; i < ROUNDS_MAX; i++) {
        struct round r = {lc_sys_gettid(), world.count, false};
        lc_tasks_each(note_task, &r);
        for (size_t t = r.first; t < world.count; t++)
            ask(&world.threads[t]);
        wait_for_all(deadline);
        if (world.count == r.first || r.is_full)
            break;
    }
    give_up();
    *w = (struct lc_world){world.threads, world.count};
    return 0;
}

int lc_world_look(struct lc_world *w, pid_t self)
{
    struct round r = {.self = self};
    *w = (struct lc_world){0};
    int rc = make_room();
    if (rc < 0)
        return rc;
    lc_tasks_each(note_task, &r);
    give_up();
    *w = (struct lc_world){world.threads, world.count};
    return 0;
}

void lc_world_resume(struct lc_world *w)
{
    const uint64_t deadline = now_ms() + RESUME_WAIT_MS;
    (void)w;
    __atomic_store_n(&world.is_stopped, 0, __ATOMIC_SEQ_CST);
    lc_sys_futex_wake(&world.is_stopped, INT32_MAX);
    for (;;) {
        uint32_t seen = __atomic_load_n(&world.answers, __ATOMIC_ACQUIRE);
        if (__atomic_load_n(&world.inside, __ATOMIC_SEQ_CST) == 0 || now_ms() >= deadline)
            break;
        wait_for_answer(seen, ASK_AGAIN_MS);
    }
    if (!world.has_late && !is_resident(world.signal)) /* else the handler stays: the default of some signals is to kill */
        lc_action_set(world.signal, &world.before, NULL);
}

size_t lc_world_unstopped(const struct lc_world *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        count += w->threads[i].state == LC_THREAD_RUNS || w->threads[i].state == LC_THREAD_WAITS;
    return count;
}
