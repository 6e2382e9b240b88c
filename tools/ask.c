#include "ask.h"

#include "base/request.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define AGAIN_MS 500    /* a signal may be lost in another one of its kind */
#define BUSY_MS 50      /* between tries, while somebody else asks */
#define END_MS 5 /* from the end of its descriptors to that of a process; more, when the machine is busy: */
#define ENDS_MAX 200
#define BLOCKS_MAX 10

static bool explain(char *why, const char *what, int error)
{
    snprintf(why, LC_RUNNING_WHY, "%s%s%s", what, error ? ": " : "", error ? strerror(error) : "");
    return false;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The folder, as its user alone may use it. */
static bool make_folder(const struct lc_running *r, char why[LC_RUNNING_WHY])
{
    char path[LC_REQUEST_PATH_MAX];
    struct stat st;
    lc_request_folder(path, sizeof path, r->root, r->uid);
    bool is_new = mkdir(path, 0700) == 0;
    if (!is_new && errno != EEXIST)
        return snprintf(why, LC_RUNNING_WHY, "%s can't be made: %s", path, strerror(errno)), false;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && is_new && r->uid != geteuid())
        is_new = fchown(fd, r->uid, (gid_t)-1) == 0;
    bool is_safe = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == r->uid && (st.st_mode & 077) == 0;
    if (fd >= 0)
        close(fd);
    if (!is_safe)
        snprintf(why, LC_RUNNING_WHY, "%s is not a folder that only user %u can use: remove it", path, r->uid);
    return is_safe;
}

/* One that is left over has nobody who listens. */
static bool is_left_over(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool is = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return is;
}

/* Between the two nobody may connect: who finds a socket that does not listen yet takes it away. */
static int bind_and_listen(int fd, const struct sockaddr_un *address, const char *folder)
{
    int lock = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    int rc = bind(fd, (const struct sockaddr *)address, sizeof *address);
    if (rc != 0 && errno == EADDRINUSE && is_left_over(address) && unlink(address->sun_path) == 0)
        rc = bind(fd, (const struct sockaddr *)address, sizeof *address);
    if (rc == 0)
        rc = listen(fd, 8);
    int error = errno;
    if (lock >= 0)
        close(lock);
    errno = error;
    return rc;
}

static int listen_for(const struct lc_running *r, struct sockaddr_un *address, uint64_t deadline, char why[LC_RUNNING_WHY])
{
    char folder[LC_REQUEST_PATH_MAX];
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    lc_request_folder(folder, sizeof folder, r->root, r->uid);
    lc_request_socket(address->sun_path, sizeof address->sun_path, r->root, r->uid, r->own_pid);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int rc = fd;
    mode_t before = umask(0177);
    while (fd >= 0 && (rc = bind_and_listen(fd, address, folder)) != 0 && errno == EADDRINUSE && now_ms() < deadline)
        poll(NULL, 0, BUSY_MS);
    umask(before);
    if (rc == 0 && r->uid != geteuid())
        rc = chown(address->sun_path, r->uid, (gid_t)-1);
    if (rc == 0)
        return fd;
    explain(why, errno == EADDRINUSE ? "somebody else is asking it" : address->sun_path, errno == EADDRINUSE ? 0 : errno);
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool send_signal(const struct lc_running *r, pid_t tid, enum lc_request request)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value.sival_ptr = (void *)((uintptr_t)LC_REQUEST_MAGIC << 32 | request);
    return syscall(SYS_rt_tgsigqueueinfo, r->pid, tid, r->signal, &info) == 0;
}

/* The process itself, and nobody who found the socket. */
static int accept_from(int listener, const struct lc_running *r)
{
    struct ucred peer = {0};
    socklen_t len = sizeof peer;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0 || (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid == r->pid))
        return fd;
    close(fd);
    return -1;
}

/* Who is at a check of somebody else's blocks all signals meanwhile. */
static pid_t find_thread(const struct lc_running *r, char why[LC_RUNNING_WHY])
{
    pid_t tid = lc_running_thread(r, why);
    for (int i = 0; !tid && i < BLOCKS_MAX; i++) {
        poll(NULL, 0, BUSY_MS);
        tid = lc_running_thread(r, why);
    }
    return tid;
}

/* Signals until it comes. */
static int call(const struct lc_running *r, pid_t *thread, int listener, uint64_t deadline, char why[LC_RUNNING_WHY])
{
    struct pollfd one = {.fd = listener, .events = POLLIN};
    while (now_ms() < deadline) {
        pid_t tid = *thread = find_thread(r, why);
        if (!tid)
            return -1;
        if (!send_signal(r, tid, LC_REQUEST_CHECK))
            return explain(why, "it can't be asked", errno), -1;
        for (uint64_t again = now_ms() + AGAIN_MS, now; (now = now_ms()) < again;) {
            if (poll(&one, 1, (int)(again - now)) <= 0)
                continue;
            int fd = accept_from(listener, r);
            if (fd >= 0)
                return fd;
        }
    }
    explain(why, "it does not answer: it does not come out of the kernel, or is in the middle of a start, a fork or its end", 0);
    return -1;
}

static int receive(int fd, char *line, size_t size)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec text = {line, size - 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int log = -1;
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    line[got > 0 ? got : 0] = '\0';
    const struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
        memcpy(&log, CMSG_DATA(c), sizeof log);
    return log;
}

/* The copy that it made is its child until it asks for it. */
static void let_bury(const struct lc_running *r, pid_t tid, int fd)
{
    char why[LC_RUNNING_WHY], byte;
    while (recv(fd, &byte, 1, 0) > 0)
        ;
    poll(NULL, 0, END_MS);
    for (int i = 0; i < ENDS_MAX && lc_running_has_living_copy(r, tid); i++)
        poll(NULL, 0, END_MS);
    tid = lc_running_thread(r, why);
    if (tid)
        send_signal(r, tid, LC_REQUEST_BURY);
}

static int take_answer(const struct lc_running *r, pid_t tid, int fd, bool *is_busy, char why[LC_RUNNING_WHY])
{
    char line[LC_RUNNING_WHY];
    int log = receive(fd, line, sizeof line);
    line[strcspn(line, "\n")] = '\0';
    *is_busy = strcmp(line, LC_REQUEST_BUSY) == 0;
    if (log >= 0)
        let_bury(r, tid, fd);
    else if (*is_busy)
        explain(why, "another check of it has not ended", 0);
    else
        explain(why, *line ? line : "it ended, or its check did, before there was an answer", 0);
    return log;
}

static int ask_once(const struct lc_running *r, uint64_t deadline, bool *is_busy, char why[LC_RUNNING_WHY])
{
    struct sockaddr_un address;
    int listener = listen_for(r, &address, deadline, why);
    *is_busy = false;
    if (listener < 0)
        return -1;
    pid_t tid;
    int fd = call(r, &tid, listener, deadline, why);
    unlink(address.sun_path);
    close(listener);
    int log = fd < 0 ? -1 : take_answer(r, tid, fd, is_busy, why);
    if (fd >= 0)
        close(fd);
    return log;
}

int lc_ask(const struct lc_running *r, unsigned timeout_s, char why[LC_RUNNING_WHY])
{
    uint64_t deadline = now_ms() + (uint64_t)timeout_s * 1000;
    bool is_busy = true;
    int log = -1;
    if (!find_thread(r, why) || !make_folder(r, why))
        return -1;
    while (is_busy && (log = ask_once(r, deadline, &is_busy, why)) < 0 && is_busy && now_ms() < deadline)
        poll(NULL, 0, BUSY_MS);
    return log;
}
