#include "report/member.h"

#include "record/thread.h"
#include "report/run_lines.h"

bool lc_member_is_below_command(const struct lc_finish *f)
{
    return f->options.main_pid && !f->identity.process.is_main;
}

bool lc_member_is_silent(const struct lc_finish *f)
{
    return f->options.child_silent_after_fork && f->identity.is_forked;
}

/* The run's log, for what processes below the command tell; or -1. */
static int run_below_command(struct lc_finish *f)
{
    return f->run_log.own.fd >= 0 && lc_member_is_below_command(f) && !lc_member_is_silent(f) ? lc_target_fd(&f->run_log) : -1;
}

void lc_member_begin(struct lc_finish *f)
{
    lc_run_tell_start(run_below_command(f), &f->identity.process);
}

void lc_member_end(struct lc_finish *f)
{
    lc_run_tell(run_below_command(f), LC_RUN_ENDED, f->identity.process.pid);
}

void lc_member_become(struct lc_finish *f)
{
    lc_run_tell(run_below_command(f), LC_RUN_BECAME, f->identity.process.pid);
}

static bool is_news(uint64_t now, uint64_t before)
{
    return now > before + before / 8 || before > now + now / 8;
}

void lc_member_tell_totals(struct lc_finish *f)
{
    static uint64_t told_bytes, told_blocks;
    const struct lc_counters n = lc_thread_totals();
    uint64_t bytes = lc_thread_live_bytes(), blocks = n.allocations - n.frees;
    if (f->run_log.own.fd < 0 || lc_member_is_silent(f) || !(is_news(bytes, told_bytes) || is_news(blocks, told_blocks)))
        return;
    told_bytes = bytes;
    told_blocks = blocks;
    lc_run_tell_totals(lc_target_fd(&f->run_log), f->identity.process.pid, bytes, blocks);
}

void lc_member_tell_killed(struct lc_finish *f, pid_t pid, int signal)
{
    if (f->run_log.own.fd >= 0)
        lc_run_tell_killed(lc_target_fd(&f->run_log), pid, signal);
}
