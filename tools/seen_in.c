#include "seen_in.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

static void add_name(struct lc_seen_names *names, const char *name)
{
    for (unsigned i = 0; i < names->count; i++)
        if (strcmp(names->at[i], name) == 0)
            return;
    if (names->count < LC_SEEN_NAMES_MAX)
        names->at[names->count++] = name;
    else
        names->has_more = true;
}

void lc_seen_in_add(struct lc_seen_in *s, size_t number, const struct lc_process *process)
{
    if (s->last == number)
        return;
    s->last = number;
    s->processes++;
    add_name(&s->commands, basename(process->executable));
    if (process->test && *process->test)
        add_name(&s->tests, process->test);
}

/* `text`, which it frees, and the names after `heading`. */
static char *with_names(char *text, const char *heading, const struct lc_seen_names *names)
{
    for (unsigned i = 0; i < names->count; i++) {
        char *longer = lc_mem_format("%s%s %s%s", text, i ? "," : heading, names->at[i],
                                     i + 1 == names->count && names->has_more ? ", ..." : "");
        free(text);
        text = longer;
    }
    return text;
}

char *lc_seen_in_text(const struct lc_seen_in *s, size_t processes)
{
    char *text = lc_mem_format("seen in %zu of %zu processes", s->processes, processes);
    return with_names(with_names(text, ":", &s->commands), "; of tests:", &s->tests);
}
