#include "preload/snapshots.h"

#include "base/out.h"
#include "base/sys.h"
#include "preload/start.h"
#include "record/thread.h"
#include "vm/proc.h"
#include "vm/status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define THRESHOLDS_MAX 16
#define LOOK_S 1 /* between looks at sizes, where no interval is given */

struct threshold {
    bool is_rss; /* else live bytes */
    bool is_passed;
    uint64_t bytes;
};

static struct {
    const struct lc_finish *run;
    int signal;
    uint64_t value;
    struct threshold thresholds[THRESHOLDS_MAX];
    size_t count;
    int timer; /* the kernel's number for it */
    bool has_timer;
} snapshots;

/* "rss:500M". */
static bool add_threshold(const char *item, size_t len)
{
    static const char units[] = "KMGT";
    struct threshold t = {.is_rss = len > 4 && strncmp(item, "rss:", 4) == 0};
    const char *at = item + (t.is_rss ? 4 : 5), *end = item + len;
    if ((!t.is_rss && (len < 6 || strncmp(item, "live:", 5) != 0)) || !lc_proc_number(&at, 10, &t.bytes) || at > end)
        return false;
    const char *unit = at < end && *at ? strchr(units, *at) : NULL;
    if (at + (unit != NULL) != end || snapshots.count == THRESHOLDS_MAX)
        return false;
    for (const char *u = units; unit && u <= unit; u++)
        if (__builtin_mul_overflow(t.bytes, 1024, &t.bytes))
            return false;
    snapshots.thresholds[snapshots.count++] = t;
    return true;
}

static void read_thresholds(const struct lc_options *o)
{
    const char *rest = o->snapshot_at;
    size_t len;
    char line[256];
    for (const char *item; (item = lc_options_next(&rest, &len));)
        if (!add_threshold(item, len)) {
            lc_format(line, sizeof line, "option 'snapshot-at' takes rss:BYTES or live:BYTES (K, M, G), not '%.*s'", (int)len, item);
            lc_start_complain(line);
        }
}

/* To the first thread: one that waits for all signals (sigwait) must not take it. */
static bool make_timer(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL | SIGEV_THREAD_ID, .sigev_signo = snapshots.signal};
    event.sigev_value.sival_ptr = (void *)(uintptr_t)snapshots.value;
    event._sigev_un._tid = lc_sys_getpid();
    if (!snapshots.has_timer && snapshots.signal)
        snapshots.has_timer = lc_sys_call(SYS_timer_create, CLOCK_MONOTONIC, (long)&event, (long)&snapshots.timer, 0, 0, 0) == 0;
    return snapshots.has_timer;
}

static void set_timer(unsigned seconds)
{
    const struct itimerspec period = {{seconds, 0}, {seconds, 0}};
    if (make_timer())
        lc_sys_call(SYS_timer_settime, snapshots.timer, 0, (long)&period, 0, 0, 0);
}

static unsigned period(void)
{
    const struct lc_options *o = &snapshots.run->options;
    return o->interval ? o->interval : snapshots.count ? LOOK_S : 0;
}

void lc_snapshots_start(const struct lc_finish *run, int signal, uint64_t value)
{
    snapshots.run = run;
    snapshots.signal = signal;
    snapshots.value = value;
    read_thresholds(&run->options);
    if (period())
        set_timer(period());
}

void lc_snapshots_after_fork(void)
{
    snapshots.has_timer = false;
    if (snapshots.run && period())
        set_timer(period());
}

void lc_snapshots_expect_end(bool has_copy)
{
    if (!period() && (has_copy || snapshots.has_timer))
        set_timer(has_copy ? LOOK_S : 0);
}

bool lc_snapshots_are_due(void)
{
    struct lc_vm_status status = {0};
    bool is_due = snapshots.run->options.interval;
    if (snapshots.count)
        lc_vm_status_read(0, &status);
    for (size_t i = 0; i < snapshots.count; i++) {
        struct threshold *t = &snapshots.thresholds[i];
        if (t->is_passed || (t->is_rss ? status.vm_rss : lc_thread_live_bytes()) < t->bytes)
            continue;
        is_due = t->is_passed = true;
    }
    return is_due;
}

int lc_snapshots_open(uint64_t number)
{
    const char *prefix = snapshots.run->options.snapshots;
    char path[LC_TARGET_PATH_MAX];
    if (prefix[0] == '/')
        lc_format(path, sizeof path, "%s.%d.%lu.lclog", prefix, lc_sys_getpid(), (unsigned long)number);
    else
        lc_format(path, sizeof path, "%s/%s.%d.%lu.lclog", snapshots.run->identity.process.directory, prefix, lc_sys_getpid(),
                  (unsigned long)number);
    return lc_sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
}
