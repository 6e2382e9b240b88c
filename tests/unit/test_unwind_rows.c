/* The rows and rules of whole files: at each address that is described against what readelf, another reader of
 * the same descriptions, says; and from each row, by a step over a made-up stack, against libunwind. */
#include "elf_image.h"
#include "unwind/reference.h"
#include "unwind/rule.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COLUMNS_MAX = 24, ROWS_MAX = 1 << 16, CIES_MAX = 1 << 12 };

/* readelf's names of columns, by DWARF number. */
static const char *const names[LC_REGISTERS] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                                "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "ra"};

/* What readelf says of one register; it has "u" for what is not mentioned, too. */
struct cell {
    enum { UNSAID, SAME, AT_CFA, IS_CFA, IN_REGISTER, AT_EXPRESSION, IS_EXPRESSION } kind;
    unsigned reg;
    int64_t offset;
};

struct row {
    uintptr_t at;
    struct cell cfa, reg[LC_REGISTERS];
};

/* A CIE's only row; an FDE that adds nothing to it has none of its own. */
struct cie {
    unsigned long id;
    struct row row;
};

static struct cie cies[CIES_MAX];
static unsigned cie_count;
static struct elf_image image;
static struct lc_walker walker;
static bool is_every_address = true;
static struct {
    unsigned long rows, addresses, simple, hard, ends;
} seen;

static unsigned number_of(const char *name, size_t len)
{
    for (unsigned reg = 0; reg < LC_REGISTERS; reg++)
        if (strncmp(name, names[reg], len) == 0 && !names[reg][len])
            return reg;
    return LC_REGISTERS;
}

/* "c-16", "v+8", "rsp+8", "r3" (and its name in brackets after that), "exp", "vexp", "u", "s". */
static struct cell read_cell(const char *text)
{
    if (text[0] == 'r' && text[1] >= '0' && text[1] <= '9')
        return (struct cell){IN_REGISTER, (unsigned)atoi(text + 1), 0};
    const size_t letters = strcspn(text, "+-");
    const int64_t offset = strtol(text + letters, NULL, 10);
    const unsigned reg = number_of(text, letters);
    if (reg < LC_REGISTERS)
        return (struct cell){IN_REGISTER, reg, offset};
    switch (text[0]) {
    case 'c':
        return (struct cell){AT_CFA, 0, offset};
    case 'v':
        return text[1] == 'e' ? (struct cell){.kind = IS_EXPRESSION} : (struct cell){IS_CFA, 0, offset};
    case 'e':
        return (struct cell){.kind = AT_EXPRESSION};
    case 's':
        return (struct cell){.kind = SAME};
    default:
        return (struct cell){.kind = UNSAID};
    }
}

static bool is_cell(const struct cell *c, const struct lc_where *w)
{
    switch (w->how) {
    case LC_HOW_SAME:
        return c->kind == UNSAID || c->kind == SAME;
    case LC_HOW_UNDEFINED:
        return c->kind == UNSAID;
    case LC_HOW_AT_CFA:
        return c->kind == AT_CFA && c->offset == w->offset;
    case LC_HOW_CFA:
        return c->kind == IS_CFA && c->offset == w->offset;
    case LC_HOW_REGISTER:
        return c->kind == IN_REGISTER && c->reg == w->reg;
    case LC_HOW_AT:
        return c->kind == AT_EXPRESSION;
    case LC_HOW_IS:
        return c->kind == IS_EXPRESSION;
    }
    return false;
}

static void check_row(uintptr_t at, const struct row *said)
{
    const struct lc_row *row = &walker.work.row;
    const bool is_expression = row->cfa.how == LC_HOW_IS;
    if (is_expression ? said->cfa.kind != AT_EXPRESSION
                      : said->cfa.kind != IN_REGISTER || said->cfa.reg != row->cfa.reg ||
                            said->cfa.offset != row->cfa_offset)
        cr_fatal("%#lx: readelf says that the CFA is something else", at - image.bias);
    for (unsigned reg = 0; reg < LC_REGISTERS; reg++)
        if (!is_cell(&said->reg[reg], &row->reg[reg]))
            cr_fatal("%#lx: readelf says something else of %s", at - image.bias, names[reg]);
}

/* A rule must say what readelf says, or that it can't. */
static bool is_rule(const struct lc_rule *rule, const struct row *said)
{
    const struct cell *cfa = &said->cfa, *fp = &said->reg[LC_RBP], *pc = &said->reg[LC_RIP];
    const unsigned base = rule->kind == LC_RULE_SP ? LC_RSP : LC_RBP;
    switch (rule->kind) {
    case LC_RULE_SP:
    case LC_RULE_FP:
        return (cfa->kind == AT_EXPRESSION || (cfa->reg == base && cfa->offset == rule->cfa_at)) &&
               (rule->fp_at ? fp->kind == AT_CFA && fp->offset == rule->fp_at
                            : fp->kind == UNSAID || fp->kind == SAME) &&
               pc->kind == AT_CFA && pc->offset == -8;
    case LC_RULE_END:
        return pc->kind == UNSAID;
    default:
        return rule->kind == LC_RULE_HARD;
    }
}

/* Every register points into it, and so does every word of it: whatever is read can be read at, too. */
enum { MADE_UP = 1 << 20 };
static uintptr_t *made_up;

static uintptr_t made_up_word(uintptr_t seed)
{
    const uintptr_t mixed = seed * 0x9e3779b97f4a7c15u;
    return (uintptr_t)made_up + (mixed >> 40) % (MADE_UP / 2) / 8 * 8;
}

static void make_up(void)
{
    made_up = mmap(NULL, MADE_UP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(made_up != MAP_FAILED);
    for (uintptr_t i = 0; i < MADE_UP / sizeof *made_up; i++)
        made_up[i] = made_up_word(i);
}

static void check_caller(const char *by, uintptr_t at, enum lc_step step, const struct lc_registers *ours, int rc,
                         const struct lc_registers *reference)
{
    const enum lc_step expected = rc > 0 ? LC_STEP_CALLER : rc == 0 ? LC_STEP_END : LC_STEP_LOST;
    if (step != expected)
        cr_fatal("%#lx: %s says %d, libunwind %d", at - image.bias, by, step, rc);
    if (step != LC_STEP_CALLER)
        return;
    for (unsigned i = 0; i < LC_REGISTERS; i++)
        if (ours->known >> i & 1 && !(reference->known >> i & 1 && ours->value[i] == reference->value[i]))
            cr_fatal("%#lx: %s has %#lx in %s, libunwind %#lx", at - image.bias, by, ours->value[i], names[i],
                     reference->known >> i & 1 ? reference->value[i] : 0);
}

/* From the first instruction of a row. */
static void check_step(const struct row *said, struct lc_rule rule)
{
    const uintptr_t at = image.bias + said->at;
    struct lc_registers frame = {.known = 0}, reference, ours = {.known = 0};
    const uintptr_t sp = (uintptr_t)made_up + 4096;
    for (unsigned i = 0; i < LC_REGISTERS; i++)
        lc_registers_set(&frame, i, i == LC_RSP ? sp : i == LC_RIP ? at : sp + 4096 * (i + 1) + 16 * i);
    const int rc = lc_reference_step(&frame, &reference);
    const struct lc_frame start = {at, sp, frame.value[LC_RBP], true};

    struct lc_frame f = start;
    walker.registers = frame;
    walker.readable = (struct lc_readable){0};
    lc_readable_enter(&walker.readable, sp);
    const enum lc_step walked = lc_walk(&walker, &f);
    if (said->reg[LC_RSP].kind != UNSAID) /* libunwind has the CFA there all the same */
        walker.registers.known &= ~(1u << LC_RSP);
    check_caller("the walk", at, walked, &walker.registers, rc, &reference);

    if (rule.kind == LC_RULE_END && rc != 0)
        cr_fatal("%#lx: the rule says that it is the outermost frame", at - image.bias);
    if (rule.kind != LC_RULE_SP && rule.kind != LC_RULE_FP)
        return;
    f = start;
    const enum lc_step applied = lc_rule_apply(rule, &walker.readable, &f);
    lc_registers_set(&ours, LC_RIP, f.pc);
    lc_registers_set(&ours, LC_RSP, f.sp);
    lc_registers_set(&ours, LC_RBP, f.fp);
    check_caller("the rule", at, applied, &ours, rc, &reference);
}

/* `said` holds up to `end`: at each address, or, in a large file, at the first and the last. */
static void check_from(const struct row *said, uintptr_t end)
{
    struct lc_rule rule = {0};
    const uintptr_t last = end - 1;
    for (uintptr_t at = said->at; at < end; at = is_every_address || at == last ? at + 1 : last) {
        struct lc_frame f = {.pc = image.bias + at, .exact = true};
        const struct lc_rule here = lc_rule_decode(&walker, &f);
        if (!lc_range_has(walker.fde.code, f.pc))
            cr_fatal("%#lx: no description found", at);
        if (walker.fde.is_signal_frame && !lc_row_find(&walker.fde, f.pc, &walker.work)) /* no need for a rule */
            cr_fatal("%#lx: not understood", at);
        check_row(f.pc, said);
        if (!is_rule(&here, said))
            cr_fatal("%#lx: a rule of kind %d is not right", at, here.kind);
        if (at == said->at)
            rule = here;
        seen.addresses++;
        seen.simple += here.kind == LC_RULE_SP || here.kind == LC_RULE_FP;
        seen.hard += here.kind == LC_RULE_HARD;
        seen.ends += here.kind == LC_RULE_END;
    }
    if (said->at >= end)
        return;
    check_step(said, rule);
    seen.rows++;
}

/* What is read of one description: its rows are checked when the next begins. */
static struct {
    bool is_cie;
    struct lc_range code;
    struct row row; /* the last one that was read */
    bool has_row;
    unsigned columns, column[COLUMNS_MAX]; /* register numbers */
} reading;

static void finish_row(uintptr_t end)
{
    if (!reading.has_row)
        return;
    if (reading.is_cie)
        cies[cie_count - 1].row = reading.row;
    else
        check_from(&reading.row, end < reading.code.end ? end : reading.code.end); /* clang has rows after it */
}

static void begin(const char *line)
{
    const char *range = strstr(line, " pc="), *cie = strstr(line, "cie=");
    finish_row(reading.code.end);
    reading.is_cie = !range;
    reading.has_row = false;
    if (reading.is_cie) {
        cr_assert(lt(uint, cie_count, CIES_MAX));
        cies[cie_count++] = (struct cie){.id = strtoul(line, NULL, 16)};
        return;
    }
    reading.code.start = strtoul(range + 4, NULL, 16);
    reading.code.end = strtoul(strstr(range, "..") + 2, NULL, 16);
    const unsigned long id = strtoul(cie + 4, NULL, 16);
    unsigned i = 0;
    while (i < cie_count && cies[i].id != id)
        i++;
    cr_assert(lt(uint, i, cie_count));
    reading.row = cies[i].row;
    reading.row.at = reading.code.start;
    reading.has_row = true; /* until it turns out to have its own */
}

static void read_columns(char *line)
{
    char *word = strtok(line, " \n"); /* LOC */
    strtok(NULL, " \n");              /* CFA */
    for (reading.columns = 0; (word = strtok(NULL, " \n")) && reading.columns < COLUMNS_MAX; reading.columns++)
        reading.column[reading.columns] = number_of(word, strlen(word));
    reading.has_row = false;
}

static const char *next_cell(char **rest)
{
    const char *word = strtok_r(NULL, " \n", rest);
    return word && word[0] == '(' ? next_cell(rest) : word;
}

static void read_row(char *line)
{
    char *rest = NULL;
    const uintptr_t at = strtoul(strtok_r(line, " \n", &rest), NULL, 16);
    finish_row(at);
    reading.row = (struct row){.at = at, .cfa = read_cell(next_cell(&rest))};
    for (unsigned i = 0; i < reading.columns; i++) {
        const struct cell cell = read_cell(next_cell(&rest));
        if (reading.column[i] < LC_REGISTERS)
            reading.row.reg[reading.column[i]] = cell;
    }
    reading.has_row = true;
}

static void check_file(const char *path)
{
    char command[4096], line[1024];
    cr_assert(eq(int, lc_reference_init(), 0));
    make_up();
    image = elf_image_map(path);
    snprintf(command, sizeof command, "LC_ALL=C readelf -wNK --debug-dump=frames-interp %s 2>/dev/null", path);
    FILE *readelf = popen(command, "r");
    cr_assert(ne(ptr, readelf, NULL));
    while (fgets(line, sizeof line, readelf)) {
        if (strstr(line, " CIE ") || strstr(line, " FDE "))
            begin(line);
        else if (strstr(line, "LOC ") && strstr(line, " CFA "))
            read_columns(line);
        else if (strspn(line, "0123456789abcdef") == 16 && line[16] == ' ' && strncmp(line + 17, "ZERO", 4) != 0)
            read_row(line);
    }
    finish_row(reading.code.end);
    pclose(readelf); /* its status is 1 when it misses a debug file */
    fprintf(stderr, "%s: %lu rows, %lu addresses: simple %lu, hard %lu, outermost %lu\n", path, seen.rows, seen.addresses,
            seen.simple, seen.hard, seen.ends);
}

/* The output of `command`, a path, to `path`. */
static void ask(const char *command, char path[1024])
{
    FILE *answer = popen(command, "r");
    cr_assert(ne(ptr, answer, NULL));
    cr_assert(ne(ptr, fgets(path, 1024, answer), NULL));
    path[strcspn(path, "\n")] = 0;
    cr_assert(eq(int, pclose(answer), 0));
}

static void check_library(const char *name)
{
    char command[256], path[1024];
    snprintf(command, sizeof command, "gcc -print-file-name=%s", name);
    ask(command, path);
    check_file(path);
}

TestSuite(rows, .timeout = 200);

Test(rows, of_libc)
{
    check_library("libc.so.6");
    cr_assert(gt(ulong, seen.rows, 10000));
    cr_assert(gt(ulong, seen.hard, 0));
    cr_assert(gt(ulong, seen.ends, 0));
}

Test(rows, of_the_loader)
{
    check_library("ld-linux-x86-64.so.2");
    cr_assert(gt(ulong, seen.rows, 1000));
}

Test(rows, of_libm)
{
    check_library("libm.so.6");
    cr_assert(gt(ulong, seen.rows, 1000));
}

Test(rows, of_libstdcxx)
{
    check_library("libstdc++.so.6");
    cr_assert(gt(ulong, seen.rows, 10000));
}

Test(rows, of_cc1plus)
{
    char path[1024];
    ask("g++ -print-prog-name=cc1plus", path);
    is_every_address = getenv("LEAKCHECK_EVERY_ADDRESS"); /* 22 million */
    check_file(path);
    cr_assert(gt(ulong, seen.rows, 400000));
    cr_assert(lt(ulong, seen.hard * 100, seen.addresses));
}

/* Frames of every kind that a compiler has: of a variable size, realigned, with and without rbp, left by
 * exceptions, large, split into hot and cold. */
static const char sample[] =
    "#include <map>\n#include <stdexcept>\n#include <string>\n#include <vector>\n"
    "extern void use(void *);\n"
    "int variable(int n) { char a[n]; use(a); return a[n / 2]; }\n"
    "int realigned(int n) { alignas(64) char a[256]; use(a); return a[n]; }\n"
    "int both(int n) { alignas(32) char a[96]; char b[n]; use(a); use(b); return a[n] + b[0]; }\n"
    "int large(int n) { char a[100000]; use(a); return a[n]; }\n"
    "int thrown(int n) { std::map<int, std::vector<std::string>> m; m[n].push_back(\"x\");\n"
    "  try { if (n > 3) throw std::runtime_error(m[n][0]); use(&m); }\n"
    "  catch (std::exception &e) { use(&m); throw; } return m.size(); }\n"
    "__attribute__((cold)) int cold(int n) { if (__builtin_expect(n, 0)) { use(&n); throw n; } return large(n); }\n";

static void check_sample(const char *compiler)
{
    char directory[] = "/tmp/lc-rows-XXXXXX", path[64], command[512];
    cr_assert(ne(ptr, mkdtemp(directory), NULL));
    snprintf(path, sizeof path, "%s/sample.so", directory);
    snprintf(command, sizeof command, "%s -shared -fPIC -x c++ - -o %s", compiler, path);
    FILE *stdin_of = popen(command, "w");
    cr_assert(ne(ptr, stdin_of, NULL));
    fputs(sample, stdin_of);
    const int status = pclose(stdin_of);
    if (status == 0)
        check_file(path);
    unlink(path);
    rmdir(directory);
    cr_assert(eq(int, status, 0));
    cr_assert(gt(ulong, seen.rows, 50));
}

Test(rows, of_gcc_s_code)
{
    check_sample("g++ -O2");
}

Test(rows, of_gcc_s_code_that_realigns_all_frames)
{
    check_sample("g++ -O1 -mstackrealign -mavx2 -ftree-vectorize");
    cr_assert(gt(ulong, seen.hard, 0));
}

Test(rows, of_gcc_s_code_with_frame_pointers)
{
    check_sample("g++ -O0 -fno-omit-frame-pointer -fcf-protection");
}

Test(rows, of_clang_s_code)
{
    check_sample("clang++ -O2");
}

Test(rows, of_clang_s_code_that_is_not_optimised)
{
    check_sample("clang++ -O0 -mstackrealign");
}
