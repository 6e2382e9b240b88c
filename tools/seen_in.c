#include "seen_in.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

static void add_command(struct lc_seen_in *s, const char *command)
{
    for (unsigned i = 0; i < s->command_count; i++)
        if (s->commands[i] == command || strcmp(s->commands[i], command) == 0)
            return;
    if (s->command_count < LC_SEEN_COMMANDS_MAX)
        s->commands[s->command_count++] = command;
    else
        s->has_more = true;
}

void lc_seen_in_add(struct lc_seen_in *s, size_t process, const char *command)
{
    if (s->last == process)
        return;
    s->last = process;
    s->processes++;
    add_command(s, command);
}

char *lc_seen_in_text(const struct lc_seen_in *s, size_t processes)
{
    char *text = lc_mem_format("seen in %zu of %zu processes:", s->processes, processes);
    for (unsigned i = 0; i < s->command_count; i++) {
        char *longer = lc_mem_format("%s%s %s", text, i ? "," : "", s->commands[i]);
        free(text);
        text = longer;
    }
    if (!s->has_more)
        return text;
    char *longer = lc_mem_format("%s, ...", text);
    free(text);
    return longer;
}
