// Virtual functions, templates, lambdas, operators: names that need demangling.
#include <functional>
#include <string>
#include <utility>

namespace shapes {
class Shape {
public:
    virtual ~Shape() = default;
    virtual Shape *clone() const = 0;
};

template <typename T, int N> class Box : public Shape {
public:
    Box() : items(new T[N]) {}
    Box(const Box &other) : items(new T[N])
    {
        for (int i = 0; i < N; i++)
            items[i] = other.items[i];
    }
    ~Box() override { delete[] items; }
    Shape *clone() const override { return new Box(*this); }
    Box &operator+=(int)
    {
        extra = new int(1);
        return *this;
    }

private:
    T *items;
    int *extra = nullptr;
};
} // namespace shapes

namespace {
struct Maker {
    template <typename... Args> static auto *make(Args &&...args) { return new std::pair<Args...>(std::forward<Args>(args)...); }
};
} // namespace

int main()
{
    shapes::Box<int, 4> box;
    shapes::Shape *a = box.clone();
    shapes::Shape *b = a->clone();
    delete b;
    box += 1;
    auto leak = [](int n) { return new char[n]; };
    leak(10);
    std::function<int *(int)> f = [=](int n) { return reinterpret_cast<int *>(leak(n)); };
    f(20);
    auto *pair = Maker::make(1, std::string("quite a long string, so that it has a block of its own"));
    return pair->first != 1;
}
