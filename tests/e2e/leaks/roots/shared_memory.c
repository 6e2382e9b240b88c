/* Memory that is shared with other processes, or with a file. */
#define _GNU_SOURCE
#include "leaks.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/shm.h>

static void **map_file(int fd, int flags)
{
    if (ftruncate(fd, 65536) != 0)
        abort();
    void **p = (void **)mmap(NULL, 65536, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (p == MAP_FAILED)
        abort();
    close(fd);
    return p;
}

// expect: reachable 24/1
CASE(memory_file)
{
    void **p = map_file(memfd_create("leaks", 0), MAP_SHARED);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(private_of_a_file)
{
    char name[] = "/tmp/leaks.XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    void **p = map_file(fd, MAP_PRIVATE);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(system_v)
{
    int id = shmget(IPC_PRIVATE, 65536, IPC_CREAT | 0600);
    void **p = (void **)shmat(id, NULL, 0);
    shmctl(id, IPC_RMID, NULL);
    p[1000] = block(24, NULL);
    held = p;
}
