/* Raw system calls of Linux on x86-64 (System V ABI, AMD64, A.2.1). */
#include "base/sys.h"

#include "base/filter.h"
#include "base/range.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#ifndef __x86_64__
#error "leakcheck knows the system calls and the unwinding of x86-64 only"
#endif

long (*lc_sys_filter)(const struct lc_filter_call *call);

static LC_NOINLINE long ask_filter(long number, long a, long b, long c, long d, long e, long f)
{
    return lc_sys_filter(&(struct lc_filter_call){number, {a, b, c, d, e, f}});
}

long lc_sys_call_unasked(long number, long a, long b, long c, long d, long e, long f)
{
    long answer;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
}

long lc_sys_call(long number, long a, long b, long c, long d, long e, long f)
{
    long answer = LC_UNLIKELY(lc_sys_filter != NULL) ? ask_filter(number, a, b, c, d, e, f) : 0;
    return answer ? answer : lc_sys_call_unasked(number, a, b, c, d, e, f);
}

#define CALL0(n) lc_sys_call(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) lc_sys_call(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) lc_sys_call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) lc_sys_call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) lc_sys_call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) lc_sys_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f)                                                                       \
    lc_sys_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

ssize_t lc_sys_read(int fd, void *buf, size_t len)
{
    return CALL3(SYS_read, fd, buf, len);
}

ssize_t lc_sys_write(int fd, const void *buf, size_t len)
{
    return CALL3(SYS_write, fd, buf, len);
}

ssize_t lc_sys_pread(int fd, void *buf, size_t len, off_t offset)
{
    return CALL4(SYS_pread64, fd, buf, len, offset);
}

int lc_sys_open(const char *path, int flags, mode_t mode)
{
    return (int)CALL4(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

int lc_sys_close(int fd)
{
    return (int)CALL1(SYS_close, fd);
}

int lc_sys_fstat(int fd, struct stat *st)
{
    return (int)CALL2(SYS_fstat, fd, st);
}

int lc_sys_fcntl(int fd, int command, long argument)
{
    return (int)CALL3(SYS_fcntl, fd, command, argument);
}

ssize_t lc_sys_readlink(const char *path, char *buf, size_t len)
{
    return CALL4(SYS_readlinkat, AT_FDCWD, path, buf, len);
}

bool lc_sys_wait_writable(int fd, int ms)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    return CALL3(SYS_poll, &wanted, 1, ms) > 0;
}

int lc_sys_memfd(const char *name)
{
    return (int)CALL2(SYS_memfd_create, name, MFD_CLOEXEC);
}

off_t lc_sys_lseek(int fd, off_t offset, int whence)
{
    return CALL3(SYS_lseek, fd, offset, whence);
}

uintptr_t lc_sys_mmap(uintptr_t address, size_t len, int prot, int flags, int fd, off_t offset)
{
    return (uintptr_t)CALL6(SYS_mmap, address, len, prot, flags, fd, offset);
}

uintptr_t lc_sys_mremap(uintptr_t old, size_t old_len, size_t new_len, int flags, uintptr_t new_address)
{
    return (uintptr_t)CALL5(SYS_mremap, old, old_len, new_len, flags, new_address);
}

int lc_sys_munmap(uintptr_t address, size_t len)
{
    return (int)CALL2(SYS_munmap, address, len);
}

int lc_sys_madvise(uintptr_t address, size_t len, int advice)
{
    return (int)CALL3(SYS_madvise, address, len, advice);
}

int lc_sys_mincore(uintptr_t address, size_t len, unsigned char *pages)
{
    return (int)lc_sys_call(SYS_mincore, (long)address, (long)len, (long)pages, 0, 0, 0);
}

pid_t lc_sys_getpid(void)
{
    return (pid_t)CALL0(SYS_getpid);
}

pid_t lc_sys_getppid(void)
{
    return (pid_t)CALL0(SYS_getppid);
}

pid_t lc_sys_gettid(void)
{
    return (pid_t)CALL0(SYS_gettid);
}

int lc_sys_getrlimit(int resource, struct rlimit *out)
{
    return (int)CALL2(SYS_getrlimit, resource, out);
}

uint64_t lc_sys_clock_ns(int clock)
{
    struct timespec t = {0};
    CALL2(SYS_clock_gettime, clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void lc_sys_signals_block(uint64_t *old)
{
    const uint64_t all = ~(uint64_t)0;
    *old = 0; /* what is not told */
    CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &all, old, sizeof all);
}

void lc_sys_signals_restore(const uint64_t *old)
{
    CALL4(SYS_rt_sigprocmask, SIG_SETMASK, old, 0, sizeof *old);
}

void lc_sys_futex_wait(uint32_t *word, uint32_t value)
{
    CALL4(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, value, 0);
}

void lc_sys_futex_wake(uint32_t *word, int n)
{
    CALL3(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, n);
}

/* Where process_vm_readv(2) is denied, as containers' filters may: what write(2) can't read is an error, too. A page
 * always fits into a pipe. */
static ssize_t copy_by_pipe(char *to, uintptr_t from, size_t len)
{
    int ends[2];
    long rc = CALL2(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK);
    size_t done = 0;
    if (rc < 0)
        return rc;
    while (done < len && rc >= 0) {
        rc = lc_sys_write(ends[1], (const void *)(from + done), len - done < LC_PAGE_SIZE ? len - done : LC_PAGE_SIZE);
        if (rc > 0)
            rc = lc_sys_read(ends[0], to + done, (size_t)rc);
        done += rc > 0 ? (size_t)rc : 0;
    }
    lc_sys_close(ends[0]);
    lc_sys_close(ends[1]);
    return done ? (ssize_t)done : rc;
}

ssize_t lc_sys_copy(void *to, uintptr_t from, size_t len)
{
    struct iovec local = {to, len};
    struct iovec remote = {(void *)from, len};
    ssize_t got = CALL6(SYS_process_vm_readv, lc_sys_getpid(), &local, 1, &remote, 1, 0);
    return got == -EPERM || got == -ENOSYS ? copy_by_pipe(to, from, len) : got;
}

void lc_sys_exit_group(int status)
{
    for (;;)
        CALL1(SYS_exit_group, status);
}
