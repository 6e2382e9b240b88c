/* daemon(3), whose parent ends inside libc, where no door is. */
#include "preload/door.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* As libc has it: what is no device is not taken for one. */
static int take_null_device(void)
{
    struct stat st;
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || fstat(null, &st) != 0)
        return -1;
    if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
        close(null);
        errno = ENODEV;
        return -1;
    }
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    if (null > STDERR_FILENO)
        close(null);
    return 0;
}

LC_EXPORT int daemon(int stays_in_directory, int keeps_streams)
{
    pid_t child = lc_real.fork ? lc_real.fork() : -1;
    if (child < 0)
        return -1;
    if (child > 0)
        _exit(0);
    if (setsid() < 0)
        return -1;
    if (!stays_in_directory)
        (void)!chdir("/");
    return keeps_streams ? 0 : take_null_device();
}
