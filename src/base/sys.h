/* The kernel, as the library sees it: raw system calls that touch neither errno nor libc's state, so that
 * they work before relocation, inside the loader, in signal handlers and in a vfork child.
 * Each returns the kernel's answer: >= 0, or -errno. All are async-signal-safe and thread-safe. */
#ifndef LC_BASE_SYS_H
#define LC_BASE_SYS_H

#include "base/compiler.h"

#include <sys/stat.h>
#include <sys/types.h>

struct rlimit;
struct rusage;

/* Asked before each call, when it is set: what is not 0 is the answer, and nothing is called. Once, and for good. */
struct lc_filter_call;
extern long (*lc_sys_filter)(const struct lc_filter_call *call);

long lc_sys_call(long number, long a, long b, long c, long d, long e, long f);
/* The same for what the program itself has called: it is the kernel that answers, whatever that does to it. */
long lc_sys_call_unasked(long number, long a, long b, long c, long d, long e, long f);

ssize_t lc_sys_read(int fd, void *buf, size_t len);
ssize_t lc_sys_write(int fd, const void *buf, size_t len);
ssize_t lc_sys_pread(int fd, void *buf, size_t len, off_t offset);
int lc_sys_open(const char *path, int flags, mode_t mode);
int lc_sys_close(int fd);
int lc_sys_fstat(int fd, struct stat *st);
int lc_sys_fcntl(int fd, int command, long argument);
ssize_t lc_sys_readlink(const char *path, char *buf, size_t len);
/* False when `fd` can't be written to after `ms` milliseconds. */
bool lc_sys_wait_writable(int fd, int ms);
int lc_sys_memfd(const char *name);
off_t lc_sys_lseek(int fd, off_t offset, int whence);

/* A mapping: the address, or -errno in the range [-4095, -1]: test with lc_sys_is_error(). */
uintptr_t lc_sys_mmap(uintptr_t address, size_t len, int prot, int flags, int fd, off_t offset);
uintptr_t lc_sys_mremap(uintptr_t old, size_t old_len, size_t new_len, int flags, uintptr_t new_address);
int lc_sys_munmap(uintptr_t address, size_t len);
int lc_sys_madvise(uintptr_t address, size_t len, int advice);
/* Which pages of our own mapping are in memory: a byte each, bit 0 (mincore(2)). */
int lc_sys_mincore(uintptr_t address, size_t len, unsigned char *pages);

static inline bool lc_sys_is_error(uintptr_t answer)
{
    return answer >= (uintptr_t)-4095;
}

pid_t lc_sys_getpid(void);
pid_t lc_sys_getppid(void);
pid_t lc_sys_gettid(void);
int lc_sys_getrlimit(int resource, struct rlimit *out);
uint64_t lc_sys_clock_ns(int clock);

/* Blocks every signal of the calling thread; the old mask (one word) goes to `*old`. */
void lc_sys_signals_block(uint64_t *old);
void lc_sys_signals_restore(const uint64_t *old);

/* Sleep while `*word == value`; wake up to `n` sleepers. Private futexes. */
void lc_sys_futex_wait(uint32_t *word, uint32_t value);
void lc_sys_futex_wake(uint32_t *word, int n);

/* Copies `len` bytes of this process's own memory without ever faulting: the number of bytes copied (short
 * at the first unreadable page), or -errno. */
ssize_t lc_sys_copy(void *to, uintptr_t from, size_t len);

void lc_sys_exit_group(int status) __attribute__((noreturn));

#endif
