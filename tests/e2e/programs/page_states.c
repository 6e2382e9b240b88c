/* A mapping for each state that pages have: 1001 pages given back but for one, 1002 given up by MADV_FREE, 1003 only read,
 * 1004 of which 4 are guards, 1005 shared with a child, of which 500 are touched. With an argument it then waits, once it
 * has said so. */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define PAGE 4096
static char *mapped(size_t pages, int flags, int fd)
{
    char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    mmap(p + pages * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    mprotect(p - PAGE, 0, PROT_NONE);
    return p;
}
static char *anonymous(size_t pages) /* between two closed pages, so that it is a region of its own */
{
    char *p = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(p + PAGE, pages * PAGE, PROT_READ | PROT_WRITE);
    return p + PAGE;
}
static volatile char sink;
int main(int argc, char **argv)
{
    (void)argv;
    /* The kernel takes in and marks pages in batches, one a CPU: ours stay in one. */
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
    char *given_back = anonymous(1001), *lazy = anonymous(1002), *zero = anonymous(1003), *guard = anonymous(1004);
    memset(given_back, 1, 1001 * PAGE);
    madvise(given_back, 1000 * PAGE, MADV_DONTNEED);
    memset(lazy, 1, 1002 * PAGE);
    madvise(lazy, 1002 * PAGE, MADV_FREE);
    madvise(lazy, PAGE, MADV_FREE); /* finishes the batch */
    for (size_t i = 0; i < 1003; i++)
        sink = zero[i * PAGE];
    memset(guard, 1, 1004 * PAGE);
    madvise(guard, 4 * PAGE, 102); /* MADV_GUARD_INSTALL */
    int fd = memfd_create("states", 0);
    if (ftruncate(fd, 1005 * PAGE))
        return 1;
    char *shared = mapped(1005, MAP_SHARED, fd);
    memset(shared, 1, 500 * PAGE);
    int ready[2], done[2];
    if (pipe(ready) || pipe(done))
        return 1;
    if (fork() == 0) { /* touches the same pages, and keeps them until we are done */
        for (size_t i = 0; i < 500; i++)
            sink = shared[i * PAGE];
        char c = 1;
        close(done[1]);
        if (write(ready[1], &c, 1) == 1)
            while (read(done[0], &c, 1) > 0)
                ;
        execl("/bin/true", "true", NULL);
        _exit(0);
    }
    char c;
    if (read(ready[0], &c, 1) != 1)
        return 1;
    if (argc > 1 && write(1, "ready\n", 6) == 6)
        pause();
    return 0; /* the pipe's other end closes with the process */
}
