// Strings: short ones are in the object, long ones are blocks.
#include "leaks.h"

#include <string>

// expect: definite 32/1
CASE(short_one)
{
    use(new std::string("short"));
}

// expect: definite 32/1, indirect 101/1
CASE(long_one)
{
    use(new std::string(100, 'x'));
}

// A short string points into itself.
// expect: possible 32/1
CASE(by_its_characters)
{
    held = const_cast<char *>((new std::string("short"))->c_str());
}

// expect: reachable 133/2
CASE(kept)
{
    held = new std::string(100, 'x');
}
