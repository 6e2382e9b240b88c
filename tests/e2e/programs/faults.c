/* Lives with all that the library makes system calls for at run time and at the end: new stacks, another thread, mappings, a
 * child, a wrong free, a module that comes and goes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *volatile kept;

static void *wait_for_ever(void *ready)
{
    kept = malloc(100);
    pthread_barrier_wait(ready);
    for (;;)
        pause();
}

static void __attribute__((noinline)) lose(int depth)
{
    if (depth)
        lose(depth - 1);
    memset(malloc(4321), 'x', 4321);
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_t ready;
    int status;
    lose(2);
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, wait_for_ever, &ready);
    pthread_barrier_wait(&ready);
    void *plugin = dlopen("libm.so.6", RTLD_NOW);
    if (plugin)
        dlclose(plugin);
    munmap(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1 << 20);
    for (int size = 1; size < 10000000; size *= 3)
        free(malloc(size));
    if (fork() == 0)
        _exit(3);
    wait(&status);
    printf("%d\n", WEXITSTATUS(status));
    return 7;
}
