#include "installation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define BUILT_LIBRARY "../src/preload/libleakcheck.so"

/* The folder of this program's own file. */
static bool find_here(char here[PATH_MAX])
{
    if (!realpath("/proc/self/exe", here) && !realpath((const char *)getauxval(AT_EXECFN), here))
        return false;
    *strrchr(here, '/') = '\0';
    return true;
}

static bool find_part(const char *here, const char *name, int rights, char found[PATH_MAX])
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", here, name);
    return realpath(path, found) && access(found, rights) == 0;
}

bool lc_installation_find(struct lc_installation *to)
{
    char here[PATH_MAX] = "";
    const char *missing = NULL;
    if (!find_here(here))
        missing = "/proc";
    else if (!find_part(here, LC_INSTALLED_LIBRARY, R_OK, to->library) && !find_part(here, BUILT_LIBRARY, R_OK, to->library))
        missing = LC_INSTALLED_LIBRARY;
    else if (!find_part(here, "leakcheck-report", X_OK, to->report))
        missing = "leakcheck-report";
    if (missing)
        fprintf(stderr, "leakcheck: %s%s%s is missing\n", here, *here ? "/" : "", missing);
    else if (strpbrk(to->library, ": "))
        fprintf(stderr, "leakcheck: %s can't be preloaded: ld.so takes ':' and ' ' in a path as its end\n", to->library);
    else
        return true;
    return false;
}
