#include "watch.h"

#include "diff.h"
#include "growth_text.h"
#include "mem.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PLAIN_ROWS 10
#define HEAD_ROWS 4 /* two of the head, the columns' names, the sum */
#define BUFFER_BYTES ((size_t)1 << 16)

/* ECMA-48, and xterm's other screen. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define CLEAR_LINE "\033[K"
#define CLEAR_REST "\033[J"

struct view {
    bool is_terminal;
    struct termios before;
    int signals; /* signalfd(2) of what ends it and of what changes its size */
    struct lc_spots places;
    char *title;
};

static void enter(struct view *v)
{
    sigset_t set;
    v->is_terminal = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &v->before) == 0;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    v->signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (!v->is_terminal)
        return;
    struct termios raw = v->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    dprintf(STDOUT_FILENO, "%s", ENTER);
}

static void leave(struct view *v)
{
    close(v->signals);
    if (!v->is_terminal)
        return;
    dprintf(STDOUT_FILENO, "%s", LEAVE);
    tcsetattr(STDIN_FILENO, TCSANOW, &v->before);
}

/* Each line to the end of the screen's: what stood there is gone. */
static void put_screen(const char *text, size_t len)
{
    dprintf(STDOUT_FILENO, "%s", HOME);
    for (const char *at = text, *end = text + len; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((newline ? newline : end) - at);
        dprintf(STDOUT_FILENO, "%.*s%s\n", (int)line, at, CLEAR_LINE);
        at += line + 1;
    }
    dprintf(STDOUT_FILENO, "q quits%s%s", CLEAR_LINE, CLEAR_REST);
}

static void draw(struct view *v)
{
    struct winsize size = {24, 80, 0, 0};
    struct lc_out out;
    char *buffer = lc_mem_alloc(BUFFER_BYTES, 1);
    lc_out_init(&out, v->is_terminal ? -1 : STDOUT_FILENO, buffer, BUFFER_BYTES);
    if (v->is_terminal) {
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
        size_t rows = size.ws_row > HEAD_ROWS + 2 ? (size_t)size.ws_row - HEAD_ROWS - 1 : 1;
        lc_growth_put(&out, &v->places, v->title, rows, size.ws_col);
        put_screen(buffer, out.len);
    } else {
        lc_growth_put(&out, &v->places, v->title, PLAIN_ROWS, 0);
        lc_out_char(&out, '\n');
        lc_out_flush(&out);
    }
    free(buffer);
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* False when it is to stop: q, ^C and their like. */
static bool handle(struct view *v, const struct pollfd *both)
{
    struct signalfd_siginfo info;
    char key;
    if (both[0].revents && read(v->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGWINCH)
            return false;
        draw(v);
    }
    if (both[1].revents)
        return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
    return true;
}

/* Until the next look. False when it is to stop. */
static bool rest(struct view *v, unsigned seconds)
{
    const uint64_t end = now_ms() + (uint64_t)seconds * 1000;
    for (uint64_t now; (now = now_ms()) < end;) {
        struct pollfd both[] = {{.fd = v->signals, .events = POLLIN}, {.fd = v->is_terminal ? STDIN_FILENO : -1, .events = POLLIN}};
        if (poll(both, 2, (int)(end - now)) > 0 && !handle(v, both))
            return false;
    }
    return true;
}

static bool look(struct view *v, const struct lc_watch_settings *w, const struct lc_report_settings *settings)
{
    struct lc_logs logs = {0};
    bool is_good = lc_now_read(&logs, w->process, &w->now);
    lc_logs_drop_others(&logs);
    if (logs.count) {
        is_good &= lc_spots_add(&v->places, &logs, settings);
        free(v->title);
        v->title = lc_mem_format("process %s", w->process);
    }
    lc_logs_free(&logs);
    return is_good;
}

static bool has_growth(const struct lc_spots *p)
{
    for (const struct lc_spot *place = p->table; place; place = place->hh.next)
        if (lc_spot_only_grows(p, place))
            return true;
    return false;
}

int lc_watch(const struct lc_watch_settings *w, const struct lc_report_settings *settings)
{
    struct view v = {0};
    unsigned looks = 0;
    if (!look(&v, w, settings))
        return LC_EXIT_TROUBLE;
    enter(&v);
    draw(&v);
    for (looks++; looks != w->looks && rest(&v, w->interval_s); looks++) {
        if (v.is_terminal) /* why there is no more goes to the screen that stays */
            dprintf(STDOUT_FILENO, "%s", HOME);
        if (!look(&v, w, settings))
            break;
        draw(&v);
    }
    leave(&v);
    if (v.is_terminal) {
        v.is_terminal = false;
        draw(&v);
    }
    bool grows = has_growth(&v.places);
    lc_spots_free(&v.places);
    free(v.title);
    return grows;
}

int lc_watch_diff(const struct lc_watch_settings *w, char *old, const struct lc_report_settings *settings)
{
    char paths[2][32];
    for (int i = old ? 1 : 0; i < 2; i++) {
        int log = lc_now(w->process, &w->now);
        if (log < 0)
            return LC_EXIT_TROUBLE;
        snprintf(paths[i], sizeof paths[i], "/proc/self/fd/%d", log);
        if (i == 0)
            sleep(w->interval_s);
        else if (w->now.record && !lc_now_keep(log, w->now.record))
            return LC_EXIT_TROUBLE;
    }
    return lc_diff(old ? old : paths[0], paths[1], settings);
}

int lc_growth(char *const *paths, size_t count, const struct lc_report_settings *settings)
{
    struct view v = {.title = lc_mem_format("%zu logs", count)};
    bool is_good = true;
    for (size_t i = 0; i < count; i++) {
        struct lc_logs logs = {0};
        lc_logs_read(&logs, paths[i]);
        is_good &= lc_logs_are_sound(&logs);
        lc_logs_drop_others(&logs);
        if (logs.count)
            is_good &= lc_spots_add(&v.places, &logs, settings);
        lc_logs_free(&logs);
    }
    draw(&v);
    bool grows = has_growth(&v.places);
    lc_spots_free(&v.places);
    free(v.title);
    return !is_good ? LC_EXIT_TROUBLE : grows;
}
