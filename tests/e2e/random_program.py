"""C programs made at random, for oracle.py: a graph of functions that allocate, hand on, keep, drop, free."""
import random

FUNCTIONS = 20
HEAD = """#include <stdlib.h>
#include <string.h>
static void *kept[64];
static unsigned count;
static void keep(void *p) { if (count < 64) kept[count++] = p; }
"""
ALLOCATIONS = ["malloc({0})", "calloc({0}, 3)", "realloc(NULL, {0})", "aligned_alloc(64, {0})",
               "realloc(malloc({0}), {0} * 40)", "memset(malloc({0} + 8), 1, {0})"]
USES = ["keep({0});", "free({0});", "(void){0};", "if (budget & 1) free({0});", "keep(realloc({0}, {1}));"]
KINDS = ["static", "__attribute__((noinline)) static", "static inline __attribute__((always_inline))", ""]


def body(rng, index):
    lines = []
    for step in range(rng.randint(1, 3)):
        name = f"p{step}"
        lines.append(f"void *{name} = {rng.choice(ALLOCATIONS).format(rng.randint(1, 300))};")
        lines.append(rng.choice(USES).format(name, rng.randint(1, 3000)))
    for _ in range(rng.randint(0, 2)):
        if index:
            callee = rng.randrange(index)
            lines.append(f"if (budget > 0) f{callee}(budget - {rng.randint(1, 3)});")
    return "\n    ".join(lines)


def text(seed):
    rng = random.Random(seed)
    parts = [HEAD]
    for index in range(FUNCTIONS):
        parts.append(f"{rng.choice(KINDS)} void f{index}(int budget)\n{{\n    {body(rng, index)}\n}}\n")
    calls = "\n    ".join(f"f{rng.randrange(FUNCTIONS)}({rng.randint(1, 6)});" for _ in range(5))
    parts.append(f"int main(void)\n{{\n    f{FUNCTIONS - 1}(6);\n    {calls}\n    return 0;\n}}\n")
    return "\n".join(parts)
