/* The rows and rules of whole libraries against readelf, another reader of the same descriptions. */
#include "unwind/rule.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 24 };

static struct lc_walker walker;

/* Names that readelf has for columns, by DWARF number. */
static const char *const names[LC_REGISTERS] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                                "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "ra"};

static unsigned split(char *line, char *words[COLUMNS_MAX])
{
    unsigned count = 0;
    for (char *w = strtok(line, " \n"); w && count < COLUMNS_MAX; w = strtok(NULL, " \n"))
        words[count++] = w;
    return count;
}

static void print_cfa(const struct lc_row *row, char *out, size_t size)
{
    if (row->cfa.how == LC_HOW_IS)
        snprintf(out, size, "exp");
    else
        snprintf(out, size, "%s%+ld", names[row->cfa.reg], row->cfa_offset);
}

/* As readelf prints it; it has "u" for what is not mentioned, too. */
static void print_where(const struct lc_where *w, char *out, size_t size)
{
    switch (w->how) {
    case LC_HOW_SAME:
    case LC_HOW_UNDEFINED:
        snprintf(out, size, "u");
        break;
    case LC_HOW_AT_CFA:
        snprintf(out, size, "c%+ld", w->offset);
        break;
    case LC_HOW_CFA:
        snprintf(out, size, "v%+ld", w->offset);
        break;
    case LC_HOW_REGISTER:
        snprintf(out, size, "%s", names[w->reg]);
        break;
    case LC_HOW_AT:
        snprintf(out, size, "exp");
        break;
    case LC_HOW_IS:
        snprintf(out, size, "vexp");
        break;
    }
}

static void expect(const char *what, uintptr_t at, const char *readelf, const char *ours)
{
    if (strcmp(readelf, ours) != 0 && !(strcmp(readelf, "s") == 0 && strcmp(ours, "u") == 0))
        cr_fatal("%#lx, %s: readelf says %s, we say %s", at, what, readelf, ours);
}

/* A rule must say what the row says, or that it can't. */
static void check_rule(uintptr_t at, const struct lc_row *row)
{
    const struct lc_frame f = {.pc = at, .exact = true};
    const struct lc_where cfa = row->cfa, fp = row->reg[LC_RBP], pc = row->reg[LC_RIP];
    const int64_t cfa_offset = row->cfa_offset;
    const struct lc_rule rule = lc_rule_decode(&walker, &f);
    const enum lc_how fp_how = rule.fp_at ? LC_HOW_AT_CFA : LC_HOW_SAME;
    const unsigned base = rule.kind == LC_RULE_SP ? LC_RSP : LC_RBP;
    bool is_right;
    switch (rule.kind) {
    case LC_RULE_SP:
    case LC_RULE_FP:
        is_right = (cfa.how == LC_HOW_IS || (cfa.reg == base && cfa_offset == rule.cfa_at)) &&
                   fp.how == fp_how && (fp_how == LC_HOW_SAME || fp.offset == rule.fp_at);
        break;
    case LC_RULE_END:
        is_right = pc.how == LC_HOW_UNDEFINED;
        break;
    default:
        is_right = rule.kind == LC_RULE_HARD;
    }
    cr_assert(is_right);
}

static void check_row(uintptr_t at, char *const names_of[COLUMNS_MAX], char *const cells[COLUMNS_MAX],
                      unsigned count)
{
    char ours[64];
    struct lc_fde fde;
    if (!lc_fde_find(at, &fde) || !lc_row_find(&fde, at, &walker.work))
        cr_fatal("%#lx: nothing found", at);
    print_cfa(&walker.work.row, ours, sizeof ours);
    expect("CFA", at, cells[1], ours);
    for (unsigned column = 2; column < count; column++)
        for (unsigned reg = 0; reg < LC_REGISTERS; reg++)
            if (!strcmp(names_of[column], names[reg])) {
                print_where(&walker.work.row.reg[reg], ours, sizeof ours);
                expect(names[reg], at, cells[column], ours);
            }
    check_rule(at, &walker.work.row);
}

static unsigned long check_module(const char *name)
{
    struct link_map *module = dlopen(name, RTLD_NOW);
    char command[512], line[512], columns[512] = "";
    char *heads[COLUMNS_MAX], *cells[COLUMNS_MAX];
    unsigned head_count = 0;
    unsigned long rows = 0;
    cr_assert(ne(ptr, module, NULL));
    snprintf(command, sizeof command, "LC_ALL=C readelf -wNK --debug-dump=frames-interp %s 2>/dev/null",
             module->l_name);
    FILE *readelf = popen(command, "r");
    cr_assert(ne(ptr, readelf, NULL));
    bool is_cie = false;
    uintptr_t fde_end = 0; /* clang has rows for the instruction after the last */
    while (fgets(line, sizeof line, readelf)) {
        if (strstr(line, " CIE ") || strstr(line, " FDE ")) {
            const char *range = strstr(line, "..");
            is_cie = strstr(line, " CIE ");
            fde_end = range ? strtoul(range + 2, NULL, 16) : 0;
        } else if (strstr(line, "LOC ") && strstr(line, " CFA ")) {
            memcpy(columns, line, sizeof line);
            head_count = split(columns, heads);
        } else if (line[0] != '\n' && line[0] != 'C' && !is_cie) {
            char *end;
            const uintptr_t at = strtoul(line, &end, 16);
            if (end != line + 16 || at >= fde_end || split(line, cells) != head_count)
                continue;
            check_row(module->l_addr + at, heads, cells, head_count);
            rows++;
        }
    }
    pclose(readelf);
    return rows;
}

Test(rows, of_libc_are_those_of_readelf)
{
    cr_assert(gt(ulong, check_module("libc.so.6"), 10000));
}

Test(rows, of_the_loader_are_those_of_readelf)
{
    cr_assert(gt(ulong, check_module("ld-linux-x86-64.so.2"), 1000));
}

Test(rows, of_libm_are_those_of_readelf)
{
    cr_assert(gt(ulong, check_module("libm.so.6"), 1000));
}

Test(rows, of_criterion_are_those_of_readelf)
{
    cr_assert(gt(ulong, check_module("libcriterion.so.3"), 1000));
}
