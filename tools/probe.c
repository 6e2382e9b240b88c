#include "probe.h"

#include "elf_target.h"
#include "base/out.h"
#include "report/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SCRIPTS_MAX    5   /* interpreters that are scripts: BINPRM_MAX_RECURSION, fs/exec.c */
#define FIRST_LINE_MAX 256 /* BINPRM_BUF_SIZE, <linux/binfmts.h> */

enum { OK = 0, CANNOT_CHECK = 125, CANNOT_EXECUTE = 126, NOT_FOUND = 127 };

/* One line on stderr; `file` is the program, or an interpreter on the way from it. */
static int refuse(int status, const char *program, const char *file, const char *why)
{
    char buffer[4096];
    struct lc_out out;
    lc_out_init(&out, STDERR_FILENO, buffer, sizeof buffer);
    lc_out_str(&out, "leakcheck: ");
    lc_escape_text(&out, program);
    if (strcmp(program, file) != 0) {
        lc_out_str(&out, ": interpreter ");
        lc_escape_text(&out, file);
    }
    lc_out_fmt(&out, ": %s\n", why);
    lc_out_flush(&out);
    return status;
}

static int probe_access(const char *program, const char *file)
{
    struct stat st;
    if (stat(file, &st) != 0)
        return refuse(errno == ENOENT || errno == ENOTDIR ? NOT_FOUND : CANNOT_EXECUTE, program, file,
                      strerror(errno));
    if (S_ISDIR(st.st_mode))
        return refuse(CANNOT_EXECUTE, program, file, "is a directory");
    if (!S_ISREG(st.st_mode) || euidaccess(file, X_OK) != 0)
        return refuse(CANNOT_EXECUTE, program, file, "is not executable");
    return OK;
}

/* When the kernel would start it in secure-execution mode (ld.so(8)), in which nothing is preloaded: only a
 * gain of rights counts. */
static const char *gains_rights(const char *file)
{
    struct stat st;
    if (stat(file, &st) != 0)
        return NULL;
    if ((st.st_mode & S_ISUID) && st.st_uid != getuid())
        return "setuid: ld.so preloads nothing into it";
    if ((st.st_mode & S_ISGID) && (st.st_mode & S_IXGRP) && st.st_gid != getgid())
        return "setgid: ld.so preloads nothing into it";
    if (getuid() != 0 && getxattr(file, "security.capability", NULL, 0) > 0)
        return "has file capabilities: ld.so preloads nothing into it";
    return NULL;
}

/* Where execvp(3) would find `name`: in `found`, or false. */
static bool find_in_path(const char *name, char found[PATH_MAX])
{
    const char *path = getenv("PATH");
    for (path = path ? path : "/bin:/usr/bin"; path; path = *path ? path + 1 : NULL) {
        size_t len = strcspn(path, ":");
        snprintf(found, PATH_MAX, "%.*s/%s", (int)(len ? len : 1), len ? path : ".", name);
        if (access(found, X_OK) == 0)
            return true;
        path += len;
    }
    return false;
}

/* `env [-S] [-i] [NAME=VALUE...] PROGRAM`: the program that env(1) will run. */
static bool find_under_env(char *arguments, char found[PATH_MAX])
{
    for (char *word; (word = strsep(&arguments, " \t"));) {
        if (!*word || *word == '-' || strchr(word, '='))
            continue;
        if (!strchr(word, '/'))
            return find_in_path(word, found);
        return snprintf(found, PATH_MAX, "%s", word) < PATH_MAX;
    }
    return false;
}

/* The interpreter that a script's first line names: in `found`. execve(2), "Interpreter scripts". */
static void find_interpreter(char *line, char found[PATH_MAX])
{
    line[strcspn(line, "\n")] = '\0';
    line += 2 + strspn(line + 2, " \t");
    char *interpreter = strsep(&line, " \t");
    const char *slash = strrchr(interpreter, '/');
    if (line && slash && strcmp(slash, "/env") == 0 && find_under_env(line, found))
        return;
    snprintf(found, PATH_MAX, "%s", interpreter);
}

/* Looks at `file`. For a script `next` is its interpreter, otherwise "". */
static int probe_file(const char *program, const char *file, char next[PATH_MAX])
{
    char line[FIRST_LINE_MAX + 1] = "";
    *next = '\0';
    int status = probe_access(program, file);
    if (status != OK)
        return status;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) /* executable without being readable: nothing speaks against it */
        return OK;
    const char *obstacle = NULL;
    if (pread(fd, line, FIRST_LINE_MAX, 0) >= 4 && memcmp(line, "\177ELF", 4) == 0)
        obstacle = (obstacle = gains_rights(file)) ? obstacle : lc_elf_target_obstacle(fd);
    else if (line[0] == '#' && line[1] == '!')
        find_interpreter(line, next);
    else
        strcpy(next, "/bin/sh"); /* as execvp(3) and every shell do */
    close(fd);
    return obstacle ? refuse(CANNOT_CHECK, program, file, obstacle) : OK;
}

int lc_probe(const char *program)
{
    char file[PATH_MAX], next[PATH_MAX];
    snprintf(file, sizeof file, "%s", program);
    for (unsigned scripts = 0; scripts <= SCRIPTS_MAX; scripts++) {
        int status = probe_file(program, file, next);
        if (status != OK || !*next)
            return status;
        strcpy(file, next);
    }
    return refuse(CANNOT_EXECUTE, program, file, "too many interpreters");
}
