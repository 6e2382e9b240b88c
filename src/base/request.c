#include "base/request.h"

#include "base/out.h"

void lc_request_folder(char *path, size_t size, const char *root, uid_t uid)
{
    lc_format(path, size, "%s/tmp/leakcheck-%u", root, uid);
}

void lc_request_socket(char *path, size_t size, const char *root, uid_t uid, pid_t pid)
{
    lc_format(path, size, "%s/tmp/leakcheck-%u/%d", root, uid, pid);
}
