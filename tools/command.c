#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool lc_command_find(const char *name, char found[PATH_MAX])
{
    char file[PATH_MAX];
    bool is_found = strchr(name, '/') != NULL;
    if (is_found)
        return snprintf(found, PATH_MAX, "%s", name) < PATH_MAX;
    const char *path = getenv("PATH");
    for (path = path ? path : "/bin:/usr/bin"; path; path = *path ? path + 1 : NULL) {
        size_t len = strcspn(path, ":");
        bool fits = snprintf(file, sizeof file, "%.*s/%s", (int)(len ? len : 1), len ? path : ".", name) < PATH_MAX;
        path += len;
        if (!fits || !is_file(file))
            continue;
        bool is_executable = access(file, X_OK) == 0;
        if (is_executable || !is_found)
            strcpy(found, file);
        is_found = true;
        if (is_executable)
            break;
    }
    return is_found;
}
