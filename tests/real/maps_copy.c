/* Preloaded by maps.py: what the kernel says of this process's memory as late as a program can ask, into the file that
 * $MAPS_COPY names: the text of smaps, then a line "mincore START BYTES" for each region that mincore(2) tells of. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define BATCH 4096ul /* pages */

static char text[1 << 16], path[4096];
static unsigned char state[BATCH];

/* Code and data of files that is not in memory yet comes with the next fault near it, when the library's figures are
 * read. */
static int fetch(struct dl_phdr_info *module, size_t size, void *argument)
{
    (void)size, (void)argument;
    for (int i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &module->dlpi_phdr[i];
        const uintptr_t start = (module->dlpi_addr + h->p_vaddr) & -PAGE, end = module->dlpi_addr + h->p_vaddr + h->p_memsz;
        if (h->p_type == PT_LOAD)
            madvise((void *)start, end - start, 22); /* MADV_POPULATE_READ, since 5.14 */
    }
    return 0;
}

static void put_mincore(int out, unsigned long start, unsigned long end)
{
    unsigned long bytes = 0;
    char line[64];
    for (unsigned long a = start; a < end; a += BATCH * PAGE) {
        unsigned long pages = (end - a) / PAGE < BATCH ? (end - a) / PAGE : BATCH;
        if (mincore((void *)a, pages * PAGE, state) != 0)
            return;
        for (unsigned long i = 0; i < pages; i++)
            bytes += (state[i] & 1) * PAGE;
    }
    int len = snprintf(line, sizeof line, "mincore %lx %lu\n", start, bytes);
    if (write(out, line, (size_t)len) != len)
        abort();
}

/* Reads smaps by lines of its own, without malloc. */
static void copy(const char *to)
{
    int in = open("/proc/self/smaps", O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ssize_t n;
    while ((n = read(in, text, sizeof text)) > 0)
        if (write(out, text, (size_t)n) != n)
            abort();
    close(in);
    in = open("/proc/self/maps", O_RDONLY);
    size_t kept = 0;
    while ((n = read(in, text + kept, sizeof text - 1 - kept)) > 0) {
        char *line = text, *newline;
        text[kept + (size_t)n] = '\0';
        for (; (newline = strchr(line, '\n')); line = newline + 1) {
            char *dash;
            unsigned long start = strtoul(line, &dash, 16), end = strtoul(dash + 1, NULL, 16);
            put_mincore(out, start, end);
        }
        kept = strlen(line);
        memmove(text, line, kept);
    }
    close(in);
    close(out);
}

static __attribute__((constructor)) void remember(void)
{
    const char *to = getenv("MAPS_COPY");
    snprintf(path, sizeof path, "%s.%d", to ? to : "/dev/null", getpid());
}

static __attribute__((destructor)) void leave(void)
{
    char own[64];
    snprintf(own, sizeof own, ".%d", getpid());
    size_t len = strlen(path);
    if (len < strlen(own) || strcmp(path + len - strlen(own), own) != 0) /* a fork's child */
        return;
    dl_iterate_phdr(fetch, NULL);
    copy("/dev/null"); /* touches what the copying needs */
    copy(path);
}
