#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 500
#define EVERY_MS 100
#define WIDTH 40

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void lc_progress_start(struct lc_progress *p, const char *what, size_t total)
{
    *p = (struct lc_progress){.what = what, .total = total, .is_on = total && isatty(STDERR_FILENO)};
    if (p->is_on)
        p->started_ms = now_ms();
}

void lc_progress_step(struct lc_progress *p, size_t done)
{
    static const char bar[WIDTH + 1] = "########################################";
    if (!p->is_on || done % 64)
        return;
    long now = now_ms();
    if (now - p->started_ms < PATIENCE_MS || now - p->shown_ms < EVERY_MS)
        return;
    p->shown_ms = now;
    int filled = (int)(done * WIDTH / p->total);
    fprintf(stderr, "\r%s [%.*s%*s] %3zu %%", p->what, filled, bar, WIDTH - filled, "", done * 100 / p->total);
}

void lc_progress_end(struct lc_progress *p)
{
    if (p->shown_ms)
        fprintf(stderr, "\r\033[K");
    p->shown_ms = 0;
}
