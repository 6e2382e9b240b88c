/* A mapping that is never unmapped: the memory map shows it, and who made it. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static char *scratch(size_t size)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
    size_t size = 16 << 20;
    char *p = scratch(size);
    if (p == MAP_FAILED)
        return 1;
    memset(p, 1, size / 4);
    puts("a quarter of it touched");
#ifdef CONTROL
    munmap(p, size);
#endif
    return 0;
}
