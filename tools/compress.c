#include "compress.h"

#include <errno.h>
#include <unistd.h>
#include <zlib.h>

#define LEVEL "wb6" /* zlib's own default */

static int copy(int from, gzFile to)
{
    static char buffer[1 << 16];
    off_t at = 0;
    for (ssize_t len; (len = pread(from, buffer, sizeof buffer, at)) != 0; at += len) {
        if (len < 0)
            return -errno;
        if (gzwrite(to, buffer, (unsigned)len) != len)
            return errno ? -errno : -EIO;
    }
    return 0;
}

int lc_compress(int from, int to)
{
    int fd = dup(to); /* which gzclose closes */
    gzFile file = fd < 0 ? NULL : gzdopen(fd, LEVEL);
    if (!file)
        return fd < 0 ? -errno : -ENOMEM;
    int rc = copy(from, file);
    if (gzclose(file) != Z_OK && rc == 0)
        rc = errno ? -errno : -EIO;
    return rc;
}
