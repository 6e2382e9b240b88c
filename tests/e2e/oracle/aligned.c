/* Aligned blocks of every function and many alignments. */
#include <malloc.h>
#include <stdlib.h>

static void *by_posix(size_t alignment, size_t size)
{
    void *p;
    return posix_memalign(&p, alignment, size) == 0 ? p : NULL;
}

int main(void)
{
    for (size_t alignment = 16; alignment <= 8192; alignment *= 2) {
        by_posix(alignment, 10);
        memalign(alignment, alignment + 3);
        aligned_alloc(alignment, alignment * 2);
        if (alignment > 100)
            free(by_posix(alignment, 77));
    }
    return 0;
}
