/* Anonymous memory that was mapped without a call to libc's mmap: a root of its own. */
#include "leaks.h"

#include <sys/mman.h>
#include <sys/syscall.h>

static void **map(int flags)
{
    long p = syscall(SYS_mmap, NULL, 65536, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == -1)
        abort();
    return (void **)p;
}

// expect: reachable 24/1
CASE(anonymous)
{
    map(MAP_PRIVATE | MAP_ANONYMOUS)[1000] = block(24, NULL);
}

// expect: reachable 24/1
// ours: --use-mappings=no
// differs: definite 24/1: anonymous memory is no root
CASE(anonymous_off)
{
    map(MAP_PRIVATE | MAP_ANONYMOUS)[1000] = block(24, NULL);
}

// expect: reachable 24/1
CASE(shared)
{
    map(MAP_SHARED | MAP_ANONYMOUS)[1000] = block(24, NULL);
}

// expect: reachable 24/1
// ours: --use-shared=no
// differs: definite 24/1: shared memory is no root
CASE(shared_off)
{
    map(MAP_SHARED | MAP_ANONYMOUS)[1000] = block(24, NULL);
}
