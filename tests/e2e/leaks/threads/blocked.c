/* Threads that wait in the kernel hold what is on their stacks, whatever they wait for. */
#include "leaks.h"
#include "threads.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void wait_in_read(void)
{
    int ends[2];
    char c;
    if (pipe(ends) == 0)
        use((void *)(intptr_t)read(ends[0], &c, 1));
}

static void wait_in_poll(void)
{
    poll(NULL, 0, -1);
}

static void wait_in_sleep(void)
{
    sleep(1000);
}

static void wait_in_mutex(void)
{
    pthread_mutex_lock(&mutex);
}

static void wait_in_condition(void)
{
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&own);
    for (;;)
        pthread_cond_wait(&condition, &own);
}

static void wait_in_sigwait(void)
{
    sigset_t set;
    int signal;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &signal);
}

static void wait_with_all_blocked(void)
{
    sigset_t set;
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    for (;;)
        pause();
}

static void wait_for_all(void)
{
    sigset_t set;
    int signal;
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    for (;;)
        sigwait(&set, &signal);
}

static void *work(void *wait)
{
    void *volatile mine = block(24, NULL);
    scrub();
    here();
    ((void (*)(void))wait)();
    use(mine);
    return NULL;
}

static void blocked(void (*wait)(void))
{
    thread(work, (void *)wait);
    usleep(20000);
}

// expect: reachable 24/1
CASE(in_read)
{
    blocked(wait_in_read);
}

// expect: reachable 24/1
CASE(in_poll)
{
    blocked(wait_in_poll);
}

// expect: reachable 24/1
CASE(in_sleep)
{
    blocked(wait_in_sleep);
}

// expect: reachable 24/1
CASE(in_mutex)
{
    pthread_mutex_lock(&mutex);
    blocked(wait_in_mutex);
}

// expect: reachable 24/1
CASE(in_condition)
{
    blocked(wait_in_condition);
}

// expect: reachable 24/1
CASE(in_sigwait)
{
    blocked(wait_in_sigwait);
}

// expect: reachable 24/1
CASE(with_all_signals_blocked)
{
    blocked(wait_with_all_blocked);
}

// expect: reachable 24/1
CASE(in_sigwait_for_all)
{
    blocked(wait_for_all);
}
