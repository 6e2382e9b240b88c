#include "elf_image.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct elf_image image;
static void *eh_frame_header;

/* Ours stands before libc's, for all of the program. */
int _dl_find_object(void *pc, struct dl_find_object *out)
{
    static __typeof__(&_dl_find_object) next;
    if (!next) {
        void *symbol = dlsym(RTLD_NEXT, "_dl_find_object");
        memcpy(&next, &symbol, sizeof next);
    }
    if (!lc_range_has(image.range, (uintptr_t)pc))
        return next(pc, out);
    *out = (struct dl_find_object){.dlfo_map_start = (void *)image.range.start,
                                   .dlfo_map_end = (void *)image.range.end,
                                   .dlfo_eh_frame = eh_frame_header};
    return 0;
}

static void map_segment(int fd, const ElfW(Phdr) *segment)
{
    const uintptr_t start = lc_align_down(segment->p_vaddr, LC_PAGE_SIZE);
    const size_t len = segment->p_vaddr + segment->p_filesz - start;
    const off_t offset = (off_t)lc_align_down(segment->p_offset, LC_PAGE_SIZE);
    void *to = (void *)(image.bias + start);
    cr_assert(mmap(to, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, offset) == to);
}

struct elf_image elf_image_map(const char *path)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status))
        cr_fatal("%s can't be opened", path);
    char *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    const ElfW(Ehdr) *header = (const void *)file;
    const ElfW(Phdr) *segments = (const void *)(file + header->e_phoff);
    uintptr_t low = UINTPTR_MAX, high = 0;
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD) {
            const uintptr_t start = lc_align_down(segments[i].p_vaddr, LC_PAGE_SIZE);
            const uintptr_t end = lc_align_up(segments[i].p_vaddr + segments[i].p_memsz, LC_PAGE_SIZE);
            low = start < low ? start : low;
            high = end > high ? end : high;
        }
    if (!lc_range_is_empty(image.range))
        munmap((void *)image.range.start, image.range.end - image.range.start);
    void *place = mmap(NULL, high - low, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    cr_assert(place != MAP_FAILED);
    image.range = (struct lc_range){(uintptr_t)place, (uintptr_t)place + (high - low)};
    image.bias = (uintptr_t)place - low;
    eh_frame_header = NULL;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD)
            map_segment(fd, &segments[i]);
        if (segments[i].p_type == PT_GNU_EH_FRAME)
            eh_frame_header = (void *)(image.bias + segments[i].p_vaddr);
    }
    munmap(file, (size_t)status.st_size);
    close(fd);
    return image;
}
