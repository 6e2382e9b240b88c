// Every shape of operator new, and a container with what is in it.
#include <cstdio>
#include <new>
#include <string>
#include <vector>

struct Point {
    double x, y;
};

struct alignas(64) Line {
    Point from, to;
};

static std::vector<std::string> *names()
{
    return new std::vector<std::string>{"a name that is too long for its string to hold it", "short"};
}

int main()
{
    auto *one = new Point{1, 2};
    auto *many = new Point[10]();
    auto *aligned = new Line();
    auto *maybe = new (std::nothrow) Point{3, 4};
    auto *words = names();
    std::printf("%.0f %.0f %.0f %.0f %zu\n", one->x, many[9].y, aligned->to.x, maybe->y, words->size());
#ifdef CONTROL
    delete one;
    delete[] many;
    delete aligned;
    delete maybe;
    delete words;
#endif
    return 0;
}
