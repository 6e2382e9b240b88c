/* Processes that fork: each tells what it has lost itself. */
#include "leaks.h"

#include <sys/wait.h>

// expect: definite 24/1
CASE(parent)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    block(24, NULL);
}
