// What libstdc++ allocates for itself.
#include "leaks.h"

#include <iostream>
#include <locale>
#include <sstream>

// expect: nothing
CASE(output)
{
    std::cout << 1 << "text" << std::endl;
}

// expect: nothing
CASE(text_stream)
{
    std::ostringstream s;
    s << std::string(200, 'x') << 1.5;
}

// expect: nothing
CASE(thrown_and_caught)
{
    try {
        throw 1;
    } catch (int) {
    }
}

CASE(locale)
{
    std::locale::global(std::locale("C.UTF-8"));
}
