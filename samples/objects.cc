// Every shape of operator new, and an object that owns another one.
#include <cstdio>
#include <new>

struct Point {
    double x, y;
};

struct alignas(64) Line {
    Point from, to;
};

struct Polygon {
    Polygon() : corners(new Point[10]()) {}
    ~Polygon() { delete[] corners; }
    Point *corners;
};

int main()
{
    auto *plain = new Point{1, 2};
    auto *aligned = new Line();
    auto *maybe = new (std::nothrow) Point{3, 4};
    auto *owner = new Polygon;
    std::printf("%.0f %.0f %.0f %.0f\n", plain->x, aligned->to.x, maybe->y, owner->corners[9].y);
#ifdef CONTROL
    delete plain;
    delete aligned;
    delete maybe;
    delete owner;
#endif
    return 0;
}
