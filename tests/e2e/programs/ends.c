/* ends NAME: lives a little, then ends as told. What it has written to stdout is still in its buffer, a block is lost, and
 * another one is freed by a destructor. Everything it does shows in stdout, status and files: the same with us. */
#define _GNU_SOURCE
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOST_BYTES 4321
#define KEPT_BYTES 1234

static void *volatile kept;
static char **arguments;

static void __attribute__((noinline)) lose(void)
{
    memset(malloc(LOST_BYTES), 'x', LOST_BYTES);
}

static void __attribute__((destructor)) destroy(void)
{
    printf("destructor\n");
    free(kept);
}

static void handle_exit(void)
{
    printf("handler\n");
}

static void end_return(void)
{
}

static void end_exit(void)
{
    exit(7);
}

static void end__exit(void)
{
    fflush(stdout);
    _exit(7);
}

static void end__Exit(void)
{
    fflush(stdout);
    _Exit(7);
}

static void at_quick(void)
{
    write(1, "quick\n", 6);
}

static void end_quick_exit(void)
{
    at_quick_exit(at_quick);
    quick_exit(7);
}

static void end_abort(void)
{
    abort();
}

static void end_assert(void)
{
    assert(!kept);
}

static void call_exit(int signal)
{
    exit(signal);
}

static void end_handler(void)
{
    signal(SIGUSR1, call_exit);
    raise(SIGUSR1);
}

static void end_pthread_exit(void)
{
    pthread_exit(NULL);
}

static void *exit_soon(void *unused)
{
    usleep(20000);
    exit(7);
}

static void *churn(void *seed)
{
    for (size_t i = (size_t)seed;; i++)
        free(malloc(16 + i % 500));
}

static void start(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, argument) == 0)
        pthread_detach(thread);
}

static void end_main_thread_first(void)
{
    start(exit_soon, NULL);
    pthread_exit(NULL);
}

static void end_exit_elsewhere(void)
{
    for (size_t i = 0; i < 3; i++)
        start(churn, (void *)i);
    start(exit_soon, NULL);
    churn((void *)7);
}

static void end_exit_in_destructor(void)
{
    static pthread_key_t key;
    pthread_key_create(&key, (void (*)(void *))exit);
    pthread_setspecific(key, (void *)7);
    pthread_exit(NULL);
}

static void end_system_call(void)
{
    fflush(stdout);
    syscall(SYS_exit_group, 7);
}

static void end_exec(void)
{
    fflush(stdout);
    execl("/proc/self/exe", arguments[0], "exit", (char *)0);
}

static void end_failed_exec(void)
{
    char *none[] = {"none", NULL};
    for (int i = 0; i < 3; i++)
        printf("%d\n", execv("/no/such/program", none) < 0 ? errno : 0);
    exit(7);
}

static void end_daemon(void)
{
    if (daemon(1, 1) == 0)
        creat("daemon-was-here", 0600), lose();
    fflush(stdout);
    exit(0);
}

static void end_double_fork(void)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        lose();
        if (fork() == 0) {
            lose();
            printf("grandchild\n");
            exit(3);
        }
        wait(&status);
        printf("child of %d\n", WEXITSTATUS(status));
        exit(WEXITSTATUS(status) + 1);
    }
    waitpid(child, &status, 0);
    exit(WEXITSTATUS(status) + 1);
}

static void end_vfork(void)
{
    int status;
    pid_t child = vfork();
    if (child == 0)
        _exit(6);
    waitpid(child, &status, 0);
    exit(WEXITSTATUS(status) + 1);
}

static void end_chroot(void)
{
    mkdir("root", 0700);
    if (chroot("root") != 0 || chdir("/") != 0)
        perror("chroot");
    exit(7);
}

static void end_chdir(void)
{
    mkdir("gone", 0700);
    if (chdir("gone") == 0)
        rmdir("../gone");
    exit(7);
}

static void end_nobody(void)
{
    if (chmod(".", 0755) || setgid(65534) || setuid(65534))
        perror("setuid");
    exit(7);
}

/* Its own files at all numbers that we could have, and at all that we have. */
static void end_descriptors_reused(void)
{
    char name[32];
    fflush(stdout);
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    for (int fd = 3; fd < 1024; fd++) {
        snprintf(name, sizeof name, "data.%d", fd);
        if (open(name, O_RDWR | O_CREAT | O_APPEND, 0600) != fd)
            exit(1);
    }
    exit(7);
}

static void end_dup2_over_all(void)
{
    int data = creat("data", 0600);
    fflush(stdout);
    for (int fd = 3; fd < 1100; fd++)
        if (fd != data)
            dup2(data, fd);
    exit(7);
}

static void end_close_range(void)
{
    close_range(3, ~0u, 0);
    exit(7);
}

static void end_closefrom(void)
{
    closefrom(3);
    exit(7);
}

static void end_all_closed(void)
{
    fflush(stdout);
    close_range(0, ~0u, 0);
    exit(7);
}

/* Standard error is a file of the program's then, and stdout is that, too. */
static void end_stderr_reused(void)
{
    int data = creat("data", 0600);
    dup2(data, 2);
    close(data);
    write(2, "data\n", 5);
    exit(7);
}

static void end_broken_pipe(void)
{
    int ends[2];
    pipe(ends);
    dup2(ends[1], 1);
    close(ends[0]), close(ends[1]);
    exit(7);
}

static void end_broken_pipe_quietly(void)
{
    signal(SIGPIPE, SIG_IGN);
    end_broken_pipe();
}

static void limit(int resource, rlim_t value)
{
    setrlimit(resource, &(struct rlimit){value, value});
}

static void end_soft_limits(void)
{
    static const int all[] = {RLIMIT_AS, RLIMIT_DATA, RLIMIT_NOFILE, RLIMIT_FSIZE};
    fflush(stdout);
    for (int i = 0; i < 4; i++) {
        struct rlimit soft;
        getrlimit(all[i], &soft);
        soft.rlim_cur = 1;
        setrlimit(all[i], &soft);
    }
    _exit(7);
}

static void end_limit_memory(void)
{
    limit(RLIMIT_AS, 1);
    exit(7);
}

static void end_limit_data(void)
{
    limit(RLIMIT_DATA, 1);
    exit(7);
}

static void end_limit_descriptors(void)
{
    limit(RLIMIT_NOFILE, 0);
    exit(7);
}

static void end_limit_file_size(void)
{
    fflush(stdout);
    limit(RLIMIT_FSIZE, 40);
    exit(7);
}

static void end_limit_stack(void)
{
    limit(RLIMIT_STACK, 64 << 10);
    exit(7);
}

static void end_limit_processes(void)
{
    limit(RLIMIT_NPROC, 0);
    end_nobody();
}

static void end_limit_core(void)
{
    limit(RLIMIT_CPU, 1);
    exit(7);
}

/* Allocates at places that are new, large and small, as far as it may. */
static void __attribute__((noinline)) go_on(int depth)
{
    for (int i = 1; i < 40; i++)
        free(malloc(i * 16 << depth));
    if (depth < 12)
        go_on(depth + 1);
}

static void filter_calls(unsigned flags, int by_prctl)
{
    static struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
        ALLOW(read), ALLOW(write), ALLOW(exit_group), ALLOW(mmap), ALLOW(munmap), ALLOW(brk), ALLOW(futex), ALLOW(rt_sigreturn),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    static struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    fflush(stdout);
    if (by_prctl ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)
                 : syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) < 0)
        perror("seccomp");
}

static void end_seccomp(void)
{
    filter_calls(0, 1);
    go_on(0);
    exit(7);
}

static void end_seccomp_listener(void)
{
    filter_calls(SECCOMP_FILTER_FLAG_NEW_LISTENER, 0);
    go_on(0);
    exit(7);
}

static void end_seccomp_threads(void)
{
    for (size_t i = 0; i < 3; i++)
        start(churn, (void *)i);
    usleep(10000);
    filter_calls(0, 0);
    go_on(0);
    exit(7);
}

static void end_seccomp_kills(void)
{
    filter_calls(0, 0);
    getuid();
}

static void end_seccomp_kills_exec(void)
{
    filter_calls(0, 0);
    execl("/bin/true", "true", (char *)NULL);
}

static void end_seccomp_kills_prctl(void)
{
    filter_calls(0, 1);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void end_seccomp_strict(void)
{
    fflush(stdout);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    for (int i = 0; i < 100; i++)
        free(malloc(100));
    syscall(SYS_exit, 7);
}

static void end_last_thread(void)
{
    fflush(stdout);
    syscall(SYS_exit, 7);
}

static void end_signals_blocked(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    raise(SIGTERM);
    exit(7);
}

static void end_children_ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    exit(7);
}

static void notice_child(int signal)
{
    write(1, "SIGCHLD\n", 8);
}

static void end_children_noticed(void)
{
    signal(SIGCHLD, notice_child);
    exit(7);
}

static const struct {
    const char *name;
    void (*run)(void);
} ends[] = {
#define END(name) {#name, end_##name}
    END(return), END(exit), END(_exit), END(_Exit), END(quick_exit), END(abort), END(assert), END(handler), END(pthread_exit),
    END(main_thread_first), END(exit_elsewhere), END(exit_in_destructor), END(system_call), END(exec), END(failed_exec),
    END(daemon), END(double_fork), END(vfork), END(chroot), END(chdir), END(nobody), END(descriptors_reused),
    END(dup2_over_all), END(close_range), END(closefrom), END(all_closed), END(stderr_reused), END(broken_pipe),
    END(broken_pipe_quietly), END(soft_limits), END(limit_memory), END(limit_data), END(limit_descriptors), END(limit_file_size),
    END(limit_stack), END(limit_processes), END(limit_core), END(seccomp), END(seccomp_listener), END(seccomp_threads), END(seccomp_kills), END(seccomp_kills_exec), END(seccomp_kills_prctl), END(seccomp_strict), END(last_thread), END(signals_blocked), END(children_ignored), END(children_noticed),
};

int main(int argc, char **argv)
{
    arguments = argv;
    kept = malloc(KEPT_BYTES);
    atexit(handle_exit);
    lose();
    printf("buffered: %s\n", argv[1]);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(ends[i].name, argv[1]) == 0) {
            ends[i].run();
            return 0;
        }
    return 99;
}
