// Leaks of each kind, and a wrong free. One function's name is of 10 kB; `bad` gets one of signs that formats have a use for.
#include <cstdlib>

template <class T, class U> struct Pair {};
using P1 = Pair<int, char>;
using P2 = Pair<P1, P1>;
using P3 = Pair<P2, P2>;
using P4 = Pair<P3, P3>;
using P5 = Pair<P4, P4>;
using P6 = Pair<P5, P5>;
using P7 = Pair<P6, P6>;
using P8 = Pair<P7, P7>;
using P9 = Pair<P8, P8>;
using P10 = Pair<P9, P9>;

struct Node {
    Node *next;
    char text[40];
};

extern "C" void *bad(int size);
char *volatile inside, *volatile whole;
volatile int times = 2;

template <class T> __attribute__((noinline)) static void deep(int size)
{
    *(volatile char *)malloc(size) = 1;
}

static inline __attribute__((always_inline)) void *inlined(int size)
{
    return malloc(size);
}

__attribute__((noinline)) static void leak(void)
{
    deep<P10>(100);
    *(volatile char *)bad(10) = 1;
    *(volatile char *)inlined(50) = 1;
    Node *node = new Node{new Node{}};
    asm volatile("" : : "r"(node) : "memory");
    inside = (char *)malloc(30) + 16;
    whole = (char *)malloc(9);
    ::operator delete(malloc(7));
}

int main()
{
    for (int i = 0; i < times; i++)
        leak();
    return 0;
}
