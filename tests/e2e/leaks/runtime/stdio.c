/* Streams and their buffers: libc's own are no finding, files left open are held by libc's list. */
#include "leaks.h"

// expect: nothing
CASE(buffer_of_stdout)
{
    printf("text\n");
}

// expect: nothing
CASE(closed)
{
    FILE *f = fopen("/etc/passwd", "r");
    use((void *)(intptr_t)getc(f));
    fclose(f);
}

CASE(left_open)
{
    FILE *f = fopen("/etc/passwd", "r");
    use((void *)(intptr_t)getc(f));
}

// expect: definite 120/1
CASE(line_dropped)
{
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen("/etc/passwd", "r");
    use((void *)(intptr_t)getline(&line, &size, f));
    fclose(f);
}

CASE(memory_stream)
{
    static char *text;
    static size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "%d", 77);
    fclose(f);
    use(&text);
}
