/* Lists of lists: some dropped, some held by a global, some freed halfway. */
#include <stdlib.h>
#include <string.h>

struct item {
    struct item *next;
    char *name;
};

static struct item *global;

static char *copy(const char *s)
{
    char *p = malloc(strlen(s) + 1);
    return strcpy(p, s);
}

static struct item *push(struct item *head, const char *name)
{
    struct item *i = malloc(sizeof *i);
    i->next = head;
    i->name = copy(name);
    return i;
}

static struct item *build(int n)
{
    struct item *head = NULL;
    while (n-- > 0)
        head = push(head, n % 2 ? "odd" : "an even one");
    return head;
}

int main(void)
{
    global = build(10);
    struct item *dropped = build(7);
    for (struct item *i = dropped; i; i = i->next)
        if (i->name[0] == 'o') {
            free(i->name);
            i->name = NULL;
        }
    struct item *freed = build(5);
    while (freed) {
        struct item *next = freed->next;
        free(freed->name);
        free(freed);
        freed = next;
    }
    return 0;
}
