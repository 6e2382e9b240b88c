#include "vm/access.h"

#include "base/own_fd.h"
#include "vm/cgroup.h"
#include "vm/facts.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int expect_open(int fd)
{
    cr_assert(ge(int, fd, 0));
    close(fd);
    return fd;
}

Test(vm_access, what_is_denied_is_as_if_it_were_not_there)
{
    lc_access_deny("smaps,pagemap-scan");
    cr_assert(eq(int, lc_access_open(0, "smaps"), -ENOENT));
    cr_assert(lc_access_is_denied("pagemap-scan"));
    cr_assert(not(lc_access_is_denied("pagemap")));
    cr_assert(not(lc_access_is_denied("maps")));
    expect_open(lc_access_open(0, "maps"));
    expect_open(lc_access_open(LC_ACCESS_SYSTEM, "meminfo"));
}

/* Only root sees that the kernel refuses a new one. */
Test(vm_access, the_pagemap_stays_open_for_who_gives_up_rights)
{
    lc_access_init();
    prctl(PR_SET_DUMPABLE, 0);
    if (getuid() == 0)
        cr_assert(eq(int, setgid(65534) || setuid(65534), 0));
    expect_open(lc_access_pagemap());
}

Test(vm_access, another_process_has_another_pagemap)
{
    int status;
    lc_access_init();
    prctl(PR_SET_DUMPABLE, 0);
    if (getuid() != 0)
        cr_skip_test("only root can give up rights here");
    cr_assert(eq(int, setgid(65534) || setuid(65534), 0));
    if (fork() == 0)
        _exit(lc_access_pagemap() < 0 ? 7 : 0);
    wait(&status);
    cr_assert(eq(int, WEXITSTATUS(status), 7));
}

Test(vm_access, a_descriptor_that_the_program_reused_is_not_ours)
{
    struct lc_own_fd own;
    cr_assert(eq(int, lc_own_fd_keep(&own, open("/proc/self/maps", O_RDONLY)), 0));
    cr_assert(eq(int, lc_own_fd_get(&own), own.fd));
    int other = open("/dev/null", O_RDONLY);
    dup2(other, own.fd);
    cr_assert(eq(int, lc_own_fd_get(&own), -1));
    close(own.fd);
    cr_assert(eq(int, lc_own_fd_get(&own), -1));
}

Test(vm_access, a_pinned_process_is_no_other_one_after_its_end)
{
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    cr_assert(eq(int, lc_access_pin(child), 0));
    expect_open(lc_access_open(child, "stat"));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cr_assert(lt(int, lc_access_open(child, "stat"), 0));
    expect_open(lc_access_open(getpid(), "stat"));
    cr_assert(lt(int, lc_access_pin(0x7ffffff0), 0));
}

static const struct lc_vm_fact *find(const struct lc_vm_fact *facts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].name, name) == 0)
            return &facts[i];
    return NULL;
}

Test(vm_access, facts_of_the_system)
{
    struct lc_vm_fact facts[LC_FACTS_MAX];
    size_t count = lc_vm_facts_read(0, facts, LC_FACTS_MAX);
    const char *const names[] = {"minor", "RLIMIT_AS", "MemTotal", "SwapTotal", "CommitLimit", "Slab", "KernelStack",
                                 "PageTables", "VmallocUsed", "Percpu"};
    for (size_t i = 0; i < LC_ARRAY_LEN(names); i++) {
        const struct lc_vm_fact *f = find(facts, count, names[i]);
        cr_assert(f != NULL, "%s", names[i]);
        cr_assert(eq(int, f->error, 0), "%s", names[i]);
    }
    cr_assert(gt(u64, find(facts, count, "MemTotal")->value, find(facts, count, "Slab")->value));
}

Test(vm_access, what_can_not_be_read_is_named)
{
    struct lc_vm_fact facts[LC_FACTS_MAX];
    lc_access_deny("meminfo,cgroup");
    size_t count = lc_vm_facts_read(0, facts, LC_FACTS_MAX);
    cr_assert(eq(int, find(facts, count, "/proc/meminfo")->error, ENOENT));
    cr_assert(eq(int, find(facts, count, "memory controller")->error, ENOENT));
}
