#include "preload/control.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/request.h"
#include "base/signal_name.h"
#include "base/sys.h"
#include "preload/answer.h"
#include "preload/check.h"
#include "preload/copy.h"
#include "preload/end.h"
#include "preload/snapshots.h"
#include "preload/start.h"
#include "report/log_write.h"
#include "scan/world.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define STOP_MS 200                     /* a thread that takes longer is told of, and looked at as it runs */
#define BUFFER_BYTES ((size_t)64 << 10)
#define PAUSE_WAIT_S 10

static uint64_t checks; /* so far */
static int control_signal, check_signal; /* 0: none */
static struct {
    uint32_t is_taken; /* atomic */
    pid_t tid;
    const struct lc_self *self; /* of the thread that has asked for a snapshot; NULL: none has */
} caller;

struct request {
    struct lc_finish *run;
    const ucontext_t *where;
    uint64_t since_ns;
    int answer; /* -1: nobody has asked, */
    int file;   /* and this is where it goes; else -1 */
    struct lc_moment moment;
    uint32_t inherited_sites;
};

static uint64_t now_ns(void)
{
    return lc_sys_clock_ns(CLOCK_MONOTONIC);
}

static void refuse(const struct request *q, const char *why, int error)
{
    char line[256];
    if (q->answer < 0)
        return;
    lc_format(line, sizeof line, "%s%s%s\n", why, error ? ": " : "", error ? strerrordesc_np(error) : "");
    lc_answer_send(q->answer, line, -1);
}

static void write_file(const struct request *q, const struct lc_findings *found, char *buffer)
{
    struct lc_out out;
    lc_out_init(&out, q->file, buffer, BUFFER_BYTES);
    lc_log_write(&out, found);
}

static void send_log(const struct request *q, struct lc_findings *found)
{
    char *buffer = lc_pages_map(BUFFER_BYTES, "report");
    found->moment = q->moment;
    if (q->file >= 0 && buffer) {
        write_file(q, found, buffer);
        lc_pages_unmap(buffer, BUFFER_BYTES);
        return;
    }
    int log = buffer ? lc_log_write_memory(found, buffer, BUFFER_BYTES) : -ENOMEM;
    if (log < 0)
        refuse(q, "the log could not be written", -log);
    else
        lc_answer_send(q->answer, LC_REQUEST_DONE, log);
    if (log >= 0)
        lc_sys_close(log);
    if (buffer)
        lc_pages_unmap(buffer, BUFFER_BYTES);
}

/* How long the process stood still, which is known when it goes on; a copy waits for it. */
static uint32_t *map_pause(void)
{
    uintptr_t page = lc_sys_mmap(0, LC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return lc_sys_is_error(page) ? NULL : (uint32_t *)page;
}

static void tell_pause(uint32_t *word, uint64_t us)
{
    __atomic_store_n(word, us ? (uint32_t)us : 1, __ATOMIC_RELEASE);
    lc_sys_call(SYS_futex, (long)word, FUTEX_WAKE, 1, 0, 0, 0);
}

static uint64_t wait_for_pause(uint32_t *word)
{
    const struct timespec timeout = {PAUSE_WAIT_S, 0};
    if (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
        lc_sys_call(SYS_futex, (long)word, FUTEX_WAIT, 0, (long)&timeout, 0, 0);
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/* In the copy. */
static void __attribute__((noreturn)) look_in_copy(struct request *q, uint32_t *pause)
{
    static struct lc_findings found;
    q->moment.is_copy = true;
    lc_finish_look(q->run, true, q->inherited_sites, &found);
    q->moment.pause_us = wait_for_pause(pause);
    send_log(q, &found);
    lc_sys_exit_group(0);
}

/* Without a copy. */
static void look_here(struct request *q)
{
    static struct lc_findings found;
    lc_finish_look(q->run, false, q->inherited_sites, &found);
    q->moment.pause_us = (now_ns() - q->since_ns) / 1000;
    send_log(q, &found);
}

static void check(struct request *q)
{
    uint32_t *pause = map_pause();
    q->inherited_sites = lc_finish_inherited(q->run);
    lc_check_stop_at(q->run, q->where, caller.self && caller.tid == lc_sys_gettid() ? caller.self : NULL, STOP_MS);
    pid_t copy = pause ? lc_copy_make(q->file >= 0 ? q->file : q->answer) : -ENOMEM;
    if (copy == 0)
        look_in_copy(q, pause);
    if (copy < 0) {
        look_here(q);
    } else {
        if (q->run->scan)
            lc_world_resume(&q->run->scan->world);
        tell_pause(pause, (now_ns() - q->since_ns) / 1000);
    }
    if (pause)
        lc_sys_munmap((uintptr_t)pause, LC_PAGE_SIZE);
}

static void serve(void *argument)
{
    struct request *q = argument;
    q->run = lc_end_run();
    q->moment = (struct lc_moment){.number = checks + 1, .unix_ms = lc_sys_clock_ns(CLOCK_REALTIME) / 1000000};
    if (!q->run)
        refuse(q, "the process is ending, or is not checked", 0);
    else if (!lc_copy_bury())
        refuse(q, LC_REQUEST_BUSY, 0); /* the copy before this one is still at it */
    else if (q->answer >= 0 || (q->file = lc_snapshots_open(checks + 1)) >= 0) {
        checks++;
        check(q);
    }
}

/* One at a time. What nobody waits for is left out when there is another. */
static void begin(struct request *q)
{
    q->file = -1;
    if (lc_check_try_enter()) {
        if (lc_check_on_stack(serve, q) < 0)
            refuse(q, "there is no memory for a check", ENOMEM);
        lc_check_leave();
    } else {
        refuse(q, LC_REQUEST_BUSY, 0);
    }
    if (q->file >= 0)
        lc_sys_close(q->file);
    if (q->answer >= 0)
        lc_sys_close(q->answer);
}

/* A value that is not of this library is somebody else's signal. What the process asks of itself comes from itself. */
static enum lc_request request_of(const siginfo_t *info)
{
    uint64_t value = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
    enum lc_request request = (enum lc_request)(uint32_t)value;
    bool is_late_stop = !control_signal && info->si_code == SI_TKILL; /* sent by ourselves (scan/world.c) */
    if (info->si_signo == check_signal)
        return is_late_stop ? LC_REQUEST_NONE : LC_REQUEST_SNAPSHOT;
    if (value >> 32 != LC_REQUEST_MAGIC || (info->si_code != SI_QUEUE && info->si_code != SI_TIMER))
        return LC_REQUEST_NONE;
    bool is_own = info->si_code == SI_TIMER || info->si_pid == lc_sys_getpid();
    return is_own || request < LC_REQUEST_SNAPSHOT ? request : LC_REQUEST_NONE;
}

static void on_signal(const siginfo_t *info, const ucontext_t *where)
{
    struct request q = {.where = where, .since_ns = now_ns(), .answer = -1};
    switch (request_of(info)) {
    case LC_REQUEST_CHECK:
        if ((q.answer = lc_answer_open()) >= 0)
            begin(&q);
        break;
    case LC_REQUEST_BURY:
        lc_copy_bury();
        break;
    case LC_REQUEST_TICK:
        if (!lc_copy_bury())
            break;
        lc_snapshots_expect_end(false);
        if (lc_snapshots_are_due())
            begin(&q);
        break;
    case LC_REQUEST_SNAPSHOT:
        begin(&q);
        lc_snapshots_expect_end(true);
        break;
    case LC_REQUEST_NONE:
        break;
    }
}

static int settle(const char *option, const char *value, int signal)
{
    char line[256];
    int rc = signal > 0 ? lc_world_settle(signal, on_signal) : -EINVAL;
    if (rc == 0)
        return signal;
    lc_format(line, sizeof line, rc == -EINVAL ? "option '%s' takes a signal, not '%s'" : "option '%s': %s is in use already", option, value);
    lc_start_complain(line);
    return 0;
}

void lc_control_start(const struct lc_finish *run)
{
    const char *how = run->options.control, *at = run->options.check_signal;
    if (strcmp(how, "yes") == 0)
        control_signal = lc_world_settle(LC_REQUEST_SIGNAL, on_signal) == 0 ? LC_REQUEST_SIGNAL : 0;
    else if (strcmp(how, "no") != 0)
        control_signal = settle("control", how, lc_signal_number(how, strlen(how)));
    if (*at)
        check_signal = settle("check-signal", at, lc_signal_number(at, strlen(at)));
    lc_snapshots_start(run, control_signal, (uint64_t)LC_REQUEST_MAGIC << 32 | LC_REQUEST_TICK);
}

bool lc_control_snapshot(void)
{
    uint64_t before = checks;
    siginfo_t info = {.si_code = SI_QUEUE};
    struct lc_self self;
    if (!control_signal || __atomic_exchange_n(&caller.is_taken, 1, __ATOMIC_ACQUIRE))
        return false;
    lc_check_find_caller(&self);
    caller.tid = self.tid;
    caller.self = &self;
    info.si_pid = lc_sys_getpid();
    info.si_value.sival_ptr = (void *)((uintptr_t)LC_REQUEST_MAGIC << 32 | LC_REQUEST_SNAPSHOT);
    lc_sys_call(SYS_rt_tgsigqueueinfo, lc_sys_getpid(), lc_sys_gettid(), control_signal, (long)&info, 0, 0);
    caller.self = NULL;
    __atomic_store_n(&caller.is_taken, 0, __ATOMIC_RELEASE);
    return checks > before;
}

void lc_control_after_fork(void)
{
    lc_copy_after_fork();
    checks = 0;
    caller.is_taken = 0;
    lc_snapshots_after_fork();
}
