/* launch PROGRAM...: runs one after the other, as children. */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            execv(argv[i], (char *[]){argv[i], NULL});
            _exit(127);
        }
        waitpid(pid, NULL, 0);
    }
    return 0;
}
