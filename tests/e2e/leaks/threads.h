/* A second thread that is where the case wants it before the case goes on. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t arrived;

/* Called by the thread: it has what it should have. */
static void here(void)
{
    sem_post(&arrived);
}

/* Stays until the process ends. */
static void stay(void)
{
    for (;;)
        pause();
}

/* A thread that runs work(argument) and has called here(), or ended. */
static pthread_t thread(void *(*work)(void *), void *argument)
{
    pthread_t t;
    pthread_create(&t, NULL, work, argument);
    sem_wait(&arrived);
    return t;
}

#endif
