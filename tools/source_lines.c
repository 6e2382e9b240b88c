#include "source_lines.h"

#include "mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AROUND 1      /* lines before and after */
#define WIDTH_MAX 120 /* bytes of each */
#define FILE_MAX ((off_t)64 << 20)

/* A regular file: a name in debug information may be that of a device. */
static FILE *open_file(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
        return NULL;
    return fopen(path, "re");
}

static char *add_line(char *before, unsigned number, unsigned marked, const char *text)
{
    int len = (int)strcspn(text, "\n");
    bool is_cut = len > WIDTH_MAX;
    char *all = lc_mem_format("%s%s%5u | %.*s%s\n", before ? before : "", number == marked ? "> " : "  ", number,
                              is_cut ? WIDTH_MAX : len, text, is_cut ? "..." : "");
    free(before);
    return all;
}

char *lc_source_lines(const char *path, unsigned line)
{
    FILE *file = line ? open_file(path) : NULL;
    char *text = NULL, *found = NULL;
    size_t size = 0;
    bool has_it = false;
    if (!file)
        return NULL;
    for (unsigned n = 1; n <= line + AROUND && getline(&text, &size, file) >= 0; n++) {
        if (n + AROUND < line)
            continue;
        found = add_line(found, n, line, text);
        has_it |= n == line;
    }
    free(text);
    fclose(file);
    if (has_it)
        return found;
    free(found);
    return NULL;
}
