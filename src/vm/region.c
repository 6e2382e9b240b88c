#include "vm/region.h"

#include <string.h>

bool lc_vm_region_is_writable(const struct lc_vm_region *r)
{
    return r->permissions[1] == 'w';
}

bool lc_vm_region_is_executable(const struct lc_vm_region *r)
{
    return r->permissions[2] == 'x';
}

bool lc_vm_region_is_closed(const struct lc_vm_region *r)
{
    return memcmp(r->permissions, "---", 3) == 0;
}

static bool is_private(const struct lc_vm_region *r)
{
    return r->permissions[3] == 'p';
}

bool lc_vm_region_is_named(const struct lc_vm_region *r, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(r->name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* "[anon:NAME]": prctl(2), PR_SET_VMA_ANON_NAME. "/anon_hugepage (deleted)": mmap(2), MAP_HUGETLB. */
bool lc_vm_region_is_anonymous(const struct lc_vm_region *r)
{
    static const char *const names[] = {"[anon:", "/anon_hugepage"};
    return is_private(r) && (!*r->name || lc_vm_region_is_named(r, names, LC_ARRAY_LEN(names)));
}

bool lc_vm_region_is_private_file(const struct lc_vm_region *r)
{
    return is_private(r) && r->name[0] == '/' && !lc_vm_region_is_anonymous(r);
}

bool lc_vm_region_is_shared_memory(const struct lc_vm_region *r)
{
    static const char *const names[] = {"/memfd:", "/SYSV", "/dev/zero", "/dev/shm/", "/[aio]", "/anon_hugepage"};
    return !is_private(r) && (r->name[0] != '/' || lc_vm_region_is_named(r, names, LC_ARRAY_LEN(names)));
}

bool lc_vm_region_touches(const struct lc_vm_region *lower, const struct lc_vm_region *upper)
{
    return lower->range.end == upper->range.start;
}
