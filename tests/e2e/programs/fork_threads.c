/* Forks while other threads allocate; a child allocates, too, and must not hang on what a thread of its
 * parent held. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int is_over;

static void *churn(void *unused)
{
    while (!is_over)
        for (size_t size = 1; size < 10000; size *= 3)
            free(realloc(malloc(size), size * 2));
    return unused;
}

int main(void)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, churn, NULL);
    int bad = 0;
    for (int i = 0; i < 30; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            for (size_t size = 1; size < 10000; size *= 3)
                free(malloc(size));
            _exit(0);
        }
        int status;
        waitpid(pid, &status, 0);
        bad += status != 0;
    }
    is_over = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    return bad;
}
