// Allocation before main and after it, and what exceptions leave.
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Registry {
    Registry() : names(new std::vector<std::string>) { names->push_back("registered before main, with a long name"); }
    ~Registry()
    {
        new int(7);
        if (!std::getenv("NEVER_SET"))
            names->push_back("registered after main, which is later than anybody looks");
    }
    std::vector<std::string> *names;
};

static Registry registry;

static int *risky(int n)
{
    int *p = new int[n];
    if (n > 3)
        throw std::runtime_error("n is too large; what was allocated is lost");
    return p;
}

int main()
{
    for (int n = 1; n < 6; n++)
        try {
            risky(n);
        } catch (const std::exception &e) {
            std::ostringstream out;
            out << e.what() << n;
            new std::string(out.str());
        }
    std::cout << registry.names->size() << std::endl;
    return 0;
}
