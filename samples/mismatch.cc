// Nothing leaks here, but each block is given back to the wrong function.
#include <cstdio>
#include <cstdlib>

int main()
{
    auto *from_malloc = static_cast<int *>(std::malloc(sizeof(int)));
    auto *from_new = new int(2);
    auto *from_array = new int[3]();
    std::puts("three blocks");
#ifdef CONTROL
    std::free(from_malloc);
    delete from_new;
    delete[] from_array;
#else
    delete from_malloc;
    std::free(from_new);
    delete from_array;
#endif
    return 0;
}
