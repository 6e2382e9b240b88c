#include "base/sys.h"

#include "base/range.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

Test(sys, a_failure_is_the_answer_and_errno_stays)
{
    errno = 77;
    cr_assert(eq(int, lc_sys_open("/does/not/exist", O_RDONLY, 0), -ENOENT));
    cr_assert(eq(long, lc_sys_write(-1, "x", 1), -EBADF));
    cr_assert(eq(int, lc_sys_munmap(1, 1), -EINVAL));
    cr_assert(eq(int, errno, 77));
}

Test(sys, a_descriptor_is_written_sought_and_read)
{
    char text[8] = "";
    int fd = lc_sys_memfd("test");
    cr_assert(ge(int, fd, 0));
    cr_assert(eq(long, lc_sys_write(fd, "abcdef", 6), 6));
    cr_assert(eq(long, lc_sys_lseek(fd, 2, SEEK_SET), 2));
    cr_assert(eq(long, lc_sys_read(fd, text, 2), 2));
    cr_assert(eq(str, text, "cd"));
    cr_assert(eq(long, lc_sys_pread(fd, text, 2, 4), 2));
    cr_assert(eq(str, text, "ef"));
    struct stat st;
    cr_assert(eq(int, lc_sys_fstat(fd, &st), 0));
    cr_assert(eq(long, st.st_size, 6));
    cr_assert(eq(int, lc_sys_close(fd), 0));
    cr_assert(eq(int, lc_sys_fstat(fd, &st), -EBADF));
}

Test(sys, what_is_opened_is_closed_on_exec)
{
    cr_assert(eq(int, fcntl(lc_sys_open("/dev/null", O_RDONLY, 0), F_GETFD), FD_CLOEXEC));
    cr_assert(eq(int, fcntl(lc_sys_memfd("test"), F_GETFD), FD_CLOEXEC));
}

Test(sys, a_mapping_is_made_moved_and_unmapped)
{
    uintptr_t p = lc_sys_mmap(0, LC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(not(lc_sys_is_error(p)));
    *(char *)p = 'x';
    p = lc_sys_mremap(p, LC_PAGE_SIZE, 64 * LC_PAGE_SIZE, MREMAP_MAYMOVE, 0);
    cr_assert(not(lc_sys_is_error(p)));
    cr_assert(eq(chr, *(char *)p, 'x'));
    cr_assert(eq(int, lc_sys_munmap(p, 64 * LC_PAGE_SIZE), 0));
    cr_assert(eq(long, lc_sys_copy(&(char){0}, p, 1), -EFAULT));
}

Test(sys, a_mapping_that_fails_is_an_error)
{
    cr_assert(lc_sys_is_error(lc_sys_mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
    cr_assert(lc_sys_is_error(lc_sys_mremap(1, 1, 1, 0, 0)));
}

Test(sys, copying_stops_at_the_first_unreadable_page)
{
    static char to[2 * LC_PAGE_SIZE];
    uintptr_t p = lc_sys_mmap(0, 2 * LC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset((char *)p, 'x', LC_PAGE_SIZE);
    cr_assert(eq(long, lc_sys_copy(to, p, sizeof to), sizeof to)); /* control */
    cr_assert(eq(chr, to[LC_PAGE_SIZE - 1], 'x'));
    lc_sys_munmap(p + LC_PAGE_SIZE, LC_PAGE_SIZE);
    cr_assert(eq(long, lc_sys_copy(to, p, sizeof to), LC_PAGE_SIZE));
}

Test(sys, ids_are_libcs)
{
    cr_assert(eq(int, lc_sys_getpid(), getpid()));
    cr_assert(eq(int, lc_sys_getppid(), getppid()));
    cr_assert(eq(int, lc_sys_gettid(), gettid()));
}

Test(sys, the_clock_counts_nanoseconds)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    uint64_t now = lc_sys_clock_ns(CLOCK_MONOTONIC);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_assert(ge(u64, now, (uint64_t)before.tv_sec * 1000000000 + (uint64_t)before.tv_nsec));
    cr_assert(le(u64, now, (uint64_t)after.tv_sec * 1000000000 + (uint64_t)after.tv_nsec));
}

static volatile sig_atomic_t arrived;

static void on_signal(int signal)
{
    arrived = signal;
}

Test(sys, a_signal_waits_until_signals_are_restored)
{
    uint64_t before;
    signal(SIGUSR1, on_signal);
    lc_sys_signals_block(&before);
    raise(SIGUSR1);
    cr_assert(eq(int, arrived, 0));
    lc_sys_signals_restore(&before);
    cr_assert(eq(int, arrived, SIGUSR1));
}
