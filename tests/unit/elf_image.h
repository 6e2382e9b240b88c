/* An ELF file as the loader would map it, for the unwinder to look at: any file, executables too, of which
 * nothing is run. */
#ifndef LC_TESTS_ELF_IMAGE_H
#define LC_TESTS_ELF_IMAGE_H

#include "base/range.h"

struct elf_image {
    struct lc_range range; /* empty: there is none */
    uintptr_t bias;        /* address here = bias + address in the file */
};

/* Maps the file at `path`, instead of the one before; fails the test when it can't. From then on
 * _dl_find_object finds it. */
struct elf_image elf_image_map(const char *path);

#endif
