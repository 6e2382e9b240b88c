/* Both versions of control groups, as files in a folder of our own: the machine has one of them at most. */
#include "vm/cgroup.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[] = "/tmp/leakcheck-cgroup-XXXXXX";

static void put(const char *folder, const char *file, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", root, folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s%s/%s", root, folder, file);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void init(void)
{
    cr_assert_not_null(mkdtemp(root));
}

static void fini(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root);
    cr_assert(eq(int, system(command), 0));
}

TestSuite(vm_cgroup, .init = init, .fini = fini);

static struct lc_cgroup found(const char *groups, const char *mount_format)
{
    struct lc_cgroup g;
    char mounts[512];
    snprintf(mounts, sizeof mounts, mount_format, root);
    lc_cgroup_find_in(groups, mounts, &g);
    return g;
}

static uint64_t number(const struct lc_cgroup *g, const char *file)
{
    uint64_t n = 0;
    cr_assert(eq(int, lc_cgroup_read(g, file, &n), 0), "%s/%s", g->directory, file);
    return n;
}

#define V2 "30 24 0:26 / %s rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

Test(vm_cgroup, version_2)
{
    put("", "cgroup.procs", "");
    put("/a", "memory.max", "max\n");
    put("/a/b", "memory.current", "4096\n");
    put("/a/b", "memory.max", "1073741824\n");
    struct lc_cgroup g = found("0::/a/b\n", "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n" V2);
    cr_assert(eq(int, g.version, 2));
    cr_assert(eq(u64, number(&g, "memory.current"), 4096));
    cr_assert(eq(u64, number(&g, "memory.max"), 1 << 30));
    cr_assert(eq(u64, lc_cgroup_above(&g, "memory.max"), UINT64_MAX));
}

Test(vm_cgroup, a_group_above_limits_too)
{
    put("/a", "memory.max", "67108864\n");
    put("/a/b", "memory.max", "max\n");
    put("/a/b/c", "memory.max", "max\n");
    put("/a/b/c", "memory.current", "0\n");
    struct lc_cgroup g = found("0::/a/b/c\n", V2);
    cr_assert(eq(u64, number(&g, "memory.max"), UINT64_MAX));
    cr_assert(eq(u64, lc_cgroup_above(&g, "memory.max"), 64 << 20));
    put("/a/b", "memory.max", "33554432\n");
    cr_assert(eq(u64, lc_cgroup_above(&g, "memory.max"), 32 << 20));
}

/* In a container the mount's root is the group itself, or what is above it is out of sight. */
Test(vm_cgroup, in_a_container)
{
    put("", "memory.current", "8192\n");
    struct lc_cgroup own = found("0::/\n", V2);
    cr_assert(eq(u64, number(&own, "memory.current"), 8192));
    struct lc_cgroup bound = found("0::/docker/1234\n", "30 24 0:26 /docker/1234 %s ro - cgroup2 cgroup rw\n");
    cr_assert(eq(u64, number(&bound, "memory.current"), 8192));
    cr_assert(eq(u64, lc_cgroup_above(&bound, "memory.max"), UINT64_MAX));
}

Test(vm_cgroup, version_1)
{
    put("/x", "memory.usage_in_bytes", "12288\n");
    struct lc_cgroup g = found("9:name=systemd:/y\n4:cpu,memory:/x\n1:cpuset:/z\n",
                               "36 32 0:31 / %s rw,relatime - cgroup cgroup rw,cpu,memory\n");
    cr_assert(eq(int, g.version, 1));
    cr_assert(eq(u64, number(&g, "memory.usage_in_bytes"), 12288));
}

/* Both are mounted, and memory is the first one's. */
Test(vm_cgroup, hybrid)
{
    char mounts[512];
    struct lc_cgroup g;
    put("/v1", "x", "");
    put("/v1/m", "memory.usage_in_bytes", "5\n");
    put("/v2", "cgroup.procs", "");
    snprintf(mounts, sizeof mounts, "37 32 0:32 / %s/v2 rw - cgroup2 cgroup2 rw\n36 32 0:31 / %s/v1 rw - cgroup cgroup rw,memory\n",
             root, root);
    lc_cgroup_find_in("4:memory:/m\n0::/\n", mounts, &g);
    cr_assert(eq(int, g.version, 1));
    cr_assert(eq(u64, number(&g, "memory.usage_in_bytes"), 5));
}

Test(vm_cgroup, what_is_not_there_is_not_found)
{
    cr_assert(eq(int, found("", "").version, 0));
    cr_assert(eq(int, found("0::/a\n", V2).version, 0));
    cr_assert(eq(int, found("4:memory\nx\n", "36 32 0:31\n - cgroup2 \n" V2).version, 0));
}
