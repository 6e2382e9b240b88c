/* Workers with a queue: what waits in it is held, what a worker took and dropped is not. */
#include "leaks.h"
#include "threads.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job {
    struct job *next;
    void *data;
} *queue;
static int taken;

static void *worker(void *unused)
{
    here();
    for (;;) {
        pthread_mutex_lock(&mutex);
        while (!queue || taken == 10)
            pthread_cond_wait(&more, &mutex);
        struct job *job = queue;
        queue = job->next;
        taken++;
        free(job);
        job = NULL;
        pthread_mutex_unlock(&mutex);
        scrub();
    }
    return NULL;
}

// expect: reachable 400/20, definite 240/10
CASE(jobs)
{
    for (int i = 0; i < 20; i++) {
        struct job *job = (struct job *)block(sizeof *job, queue);
        job->data = block(24, NULL);
        queue = job;
    }
    thread(worker, NULL);
    thread(worker, NULL);
    usleep(100000);
}
