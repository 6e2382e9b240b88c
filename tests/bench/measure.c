/* measure REPORT LIMIT [VARIABLE=VALUE...] PROGRAM [ARGUMENT...]
 *
 * Runs PROGRAM, found by PATH, and writes one line about it to the file REPORT. Small on purpose: a child starts
 * with its parent's ru_maxrss, and a python interpreter's would hide the program's own. After LIMIT seconds PROGRAM
 * and what is in its process group is killed. CPU and memory are those of PROGRAM and of the children that it
 * waited for: CPU the sum, memory the largest. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t timed_out;

static long long now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void on_alarm(int signal)
{
    (void)signal;
    timed_out = 1;
    kill(-child, SIGKILL);
}

/* "NAME=...": no slash before the '='. */
static int is_assignment(const char *word)
{
    size_t name = strcspn(word, "=/");
    return name > 0 && word[name] == '=';
}

static void run(char **argv)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; *argv && is_assignment(*argv); argv++)
        putenv(*argv);
    if (*argv)
        execvp(*argv, argv);
    fprintf(stderr, "measure: %s: %s\n", *argv ? *argv : "no program", strerror(errno));
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: measure REPORT LIMIT [VARIABLE=VALUE...] PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing outlives an interrupted benchmark */
    long long start = now_ns();
    child = fork();
    if (child < 0) {
        perror("measure: fork");
        return 2;
    }
    if (child == 0)
        run(argv + 3);
    setpgid(child, child);
    signal(SIGALRM, on_alarm);
    alarm((unsigned)atoi(argv[2]));

    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR) {
            perror("measure: wait4");
            return 2;
        }
    long long end = now_ns();
    alarm(0);

    FILE *report = fopen(argv[1], "w");
    if (!report) {
        perror(argv[1]);
        return 2;
    }
    fprintf(report, "status=%d signal=%d timeout=%d cpu_us=%lld wall_ns=%lld end_ns=%lld rss_kib=%ld\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : 0, WIFSIGNALED(status) ? WTERMSIG(status) : 0, (int)timed_out,
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
                usage.ru_stime.tv_usec,
            end - start, end, usage.ru_maxrss);
    return fclose(report) == 0 ? 0 : 2;
}
