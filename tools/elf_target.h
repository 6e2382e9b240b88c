/* What ld.so would make of an ELF file. */
#ifndef LC_TOOLS_ELF_TARGET_H
#define LC_TOOLS_ELF_TARGET_H

/* Why nothing can be preloaded into the program that is open at `fd`, in words for people; NULL when it can.
 * The file begins with the ELF magic. */
const char *lc_elf_target_obstacle(int fd);

#endif
