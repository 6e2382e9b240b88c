#include "project_options.h"

#include "mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *directory, const char *name)
{
    char *path = lc_mem_format("%s/%s", directory, name);
    bool is_there = access(path, F_OK) == 0;
    free(path);
    return is_there;
}

/* The directory that has it, in memory of malloc; NULL: none. Outside of a work tree only this one is looked at. */
static char *find(void)
{
    char *here = getcwd(NULL, 0), *found = NULL;
    char *at = here ? lc_mem_format("%s", here) : NULL;
    bool is_in_tree = false;
    while (at && *at && !is_in_tree) {
        if (!found && is_there(at, LC_PROJECT_OPTIONS))
            found = lc_mem_format("%s", at);
        is_in_tree = is_there(at, ".git");
        *strrchr(at, '/') = '\0';
    }
    if (found && !is_in_tree && strcmp(found, here) != 0) {
        free(found);
        found = NULL;
    }
    free(at);
    free(here);
    return found;
}

static char *strip(char *line)
{
    line += strspn(line, " \t-");
    for (size_t len = strlen(line); len && strchr(" \t\r\n", line[len - 1]);)
        line[--len] = '\0';
    return line;
}

static bool read_lines(FILE *file, const char *path, bool (*take)(void *, const char *, char *, unsigned long), void *context)
{
    char *line = NULL, why[256];
    size_t size = 0;
    bool is_good = true;
    for (unsigned number = 1; is_good && getline(&line, &size, file) >= 0; number++) {
        const char *text = strip(line);
        if (!*text || *text == '#' || take(context, text, why, sizeof why))
            continue;
        fprintf(stderr, "leakcheck: %s:%u: %s\n", path, number, why);
        is_good = false;
    }
    free(line);
    return is_good;
}

bool lc_project_options_read(bool (*take)(void *context, const char *text, char *why, unsigned long why_size), void *context)
{
    struct stat st;
    char *directory = find();
    if (!directory)
        return true;
    char *path = lc_mem_format("%s/%s", directory, LC_PROJECT_OPTIONS);
    FILE *file = fopen(path, "re");
    bool is_good = file && fstat(fileno(file), &st) == 0;
    if (!is_good)
        fprintf(stderr, "leakcheck: %s: %s\n", path, strerror(errno));
    else if (st.st_mode & S_IWOTH)
        is_good = fprintf(stderr, "leakcheck: %s: anybody may write to it (chmod o-w)\n", path) < 0;
    else
        is_good = read_lines(file, path, take, context);
    if (file)
        fclose(file);
    free(path);
    free(directory);
    return is_good;
}
